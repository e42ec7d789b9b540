"""How far coders agree, with one another and with themselves."""
