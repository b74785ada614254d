"""Connect's own test cases: one JSON is run here and deployed unchanged."""
