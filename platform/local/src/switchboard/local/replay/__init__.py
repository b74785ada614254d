"""An archived flow once more, in a shadow: a second platform whose effects nobody else sees."""
