"""The technologies ingress touches, each behind a port of the domain."""
