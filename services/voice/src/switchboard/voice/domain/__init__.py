"""What a call to the desk is; knows no AWS, no Lambda, no Connect."""
