"""The doors in (queue, REST, sweep) and the technology behind each port."""
