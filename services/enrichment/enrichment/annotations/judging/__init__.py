"""What a coder does: see the next item and say what it is, knowing neither what machines nor what others said."""
