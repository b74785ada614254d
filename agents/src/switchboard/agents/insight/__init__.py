"""The insight agent: the answers in a feedback database become one report."""
