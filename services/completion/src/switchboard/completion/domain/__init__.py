"""What completion does, in its own words; no AWS, no HTTP."""
