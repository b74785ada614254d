"""The GitHub stand-in: REST for the official clients, git over HTTP, pull requests to look at."""
