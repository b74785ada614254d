"""What the playbooks can build: each module reads a story for one kind of thing and writes it."""
