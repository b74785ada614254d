"""The pytest plugin of the repository: an empty AWS in memory, requirement markers."""
