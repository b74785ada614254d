"""The review agent: a pull request is checked against its story."""
