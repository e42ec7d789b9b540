"""The command line `pourquoi`: start the platform, ask a question, read and review what comes out."""

from kit.cli.commands import main

__all__ = ["main"]
