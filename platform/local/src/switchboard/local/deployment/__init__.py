"""From the repository's CDK apps to running stacks: synthesize, upload, deploy, fill secrets."""
