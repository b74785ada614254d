"""Queueing, budget and status rules; knows no AWS, no HTTP and no agent library (ORC-15)."""
