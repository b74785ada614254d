"""What CloudFront is on AWS: published prototypes, behind the distribution's own gate."""
