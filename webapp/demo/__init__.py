"""The demonstration's door: its clock and its mail. Registered in demo mode only."""
