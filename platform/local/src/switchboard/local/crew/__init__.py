"""The whole crew of agents at work: a product manager's loop over a backlog of stories."""
