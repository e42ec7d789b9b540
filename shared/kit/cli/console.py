"""How commands speak: one voice on standard output, errors and progress on standard error."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def progress() -> Progress:
    """Progress bars that vanish when they are done."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    )


def plain_table(*columns: str) -> Table:
    """A table without a frame."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


class Phase:
    """One step of a longer command; `result` is the sentence that it ends with."""

    def __init__(self, result: str) -> None:
        self.result = result


@contextmanager
def phase(title: str) -> Iterator[Phase]:
    """Prints a check mark, the result and the time that the block took."""
    current, start = Phase(title), time.monotonic()
    yield current
    out.print(f"[green]✓[/] {current.result} [dim]{time.monotonic() - start:.1f} s[/]")


def counted(number: int, noun: str) -> str:
    """The number with its noun: 1 post, 2,000 posts."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
