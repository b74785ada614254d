"""Completion's ports on Notion, DynamoDB and S3, and in memory."""
