"""What ships in every Lambda of Switchboard: publish, consume, outbox, log. No business words."""
