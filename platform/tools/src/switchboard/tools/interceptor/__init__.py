"""The gateway's request interceptor."""
