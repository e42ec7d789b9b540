"""Lines of a stream that arrives in pieces of any size."""

from collections.abc import AsyncIterator


async def read_lines(pieces: AsyncIterator[bytes], longest: int) -> AsyncIterator[tuple[int, bytes | None]]:
    """Numbered lines without their ends; None stands for one of more than `longest` bytes.

    Holds at most one line and one piece in memory.
    """
    number, rest, skipping = 1, b"", False
    async for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            yield number, None if skipping or len(line) > longest else line
            number, skipping = number + 1, False
        if len(rest) > longest:
            rest, skipping = b"", True
    if rest or skipping:
        yield number, None if skipping else rest
