"""What CloudFront is on AWS: published prototypes, behind the same gate."""
