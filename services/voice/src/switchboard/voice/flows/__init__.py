"""The desk's contact flow as typed Python, and the calls it is tested with."""
