"""What makes a command end with exit code 1 and one sentence."""


class CommandError(Exception):
    """The command cannot do what it was asked; the message says what to do."""
