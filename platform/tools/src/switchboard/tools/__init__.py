"""The gateway's targets: Notion, GitHub, prototype uploader, code sandbox; and what they share."""
