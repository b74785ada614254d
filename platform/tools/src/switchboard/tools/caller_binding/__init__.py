"""The desk gateway's request interceptor: a ticket call is about the caller who is on the line."""
