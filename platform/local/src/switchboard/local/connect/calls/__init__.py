"""Calls: a driver over the deployed flow, everybody's calls, and the door for them."""
