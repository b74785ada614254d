"""What Connect would refuse, drop or never reach, found before it is deployed."""
