"""What the templates cost: at rest by what is in them, in use by a workload that is data."""
