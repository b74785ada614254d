"""The Notion stand-in: API 2026-03-11 for official clients, signed webhooks, a board."""
