"""Adapters of the gateway: functions on AWS (or the engine), and in memory."""
