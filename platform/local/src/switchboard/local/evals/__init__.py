"""Evaluation of the agents: datasets, runs on the local platform, judgement, report."""
