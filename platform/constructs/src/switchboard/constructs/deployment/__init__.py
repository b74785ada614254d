"""What is looked at before a service is deployed, and what a person is shown."""
