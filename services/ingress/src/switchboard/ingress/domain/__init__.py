"""What ingress decides: which webhooks are true, which changes ask for work, and why not."""
