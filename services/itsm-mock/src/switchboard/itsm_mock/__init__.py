"""The ticket API of the service desk (mock only): not built yet."""
