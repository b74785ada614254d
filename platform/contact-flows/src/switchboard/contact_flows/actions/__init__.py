"""Every action type of the Flow language: its parameters, its errors, its conditions."""
