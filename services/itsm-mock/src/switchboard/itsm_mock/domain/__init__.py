"""What a ticket is and how it moves; knows no AWS and no HTTP."""
