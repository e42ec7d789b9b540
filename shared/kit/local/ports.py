"""Ports of this machine: which are free, and which several launchers leave to one another."""

import socket
from collections.abc import Iterator

LOOPBACK = "127.0.0.1"


class Ports:
    """Ports that this process has spoken for, until it closes them or dies.

    A service binds its port seconds after the launcher chose it. Meanwhile a UDP socket of the same number tells
    other launchers that the port is taken, and leaves its TCP side to the service.
    """

    def __init__(self) -> None:
        self._marks: list[socket.socket] = []

    def take(self, wished: int = 0) -> int:
        """The wished port of 127.0.0.1, or another one when it is busy or spoken for."""
        return next(port for port in _candidates(wished) if is_free(port) and self._mark(port))

    def _mark(self, port: int) -> bool:
        mark = socket.socket(type=socket.SOCK_DGRAM)
        try:
            mark.bind((LOOPBACK, port))
        except OSError:
            mark.close()
            return False
        self._marks.append(mark)
        return True

    def close(self) -> None:
        """Lets other launchers have them."""
        for mark in self._marks:
            mark.close()


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def _candidates(wished: int) -> Iterator[int]:
    if wished:
        yield wished
    while True:
        with socket.socket() as probe:
            probe.bind((LOOPBACK, 0))
            port: int = probe.getsockname()[1]
        yield port
