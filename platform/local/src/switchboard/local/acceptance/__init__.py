"""What only an AWS account can show, as steps that a script runs there. Not run on AWS."""
