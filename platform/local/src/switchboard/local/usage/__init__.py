"""The usage proof: permissions that a local run exercised against those the templates grant."""
