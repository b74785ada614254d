"""Kinds of metadata our constructs leave in a cloud assembly; it reaches no template."""

EXPLAINED = "switchboard:explained"
"""Why a finding is right as it is (`explained.explain`)."""
BUNDLE = "switchboard:bundle"
"""What a Lambda zip is made of. As context: whom bundles are for, `lambda` or `host`."""
