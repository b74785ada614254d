"""Bedrock knowledge bases on this machine: the AWS wire in front of SQLite's full-text index.

Documents go in by `bedrock-agent`, passages come out by `bedrock-agent-runtime`, both served by the
AgentCore front's port. Ranking is SQLite FTS5's BM25 over words and their stems: on AWS it is a
comparison of meanings, so hits differ where no word is shared.
"""
