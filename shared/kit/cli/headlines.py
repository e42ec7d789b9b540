"""How headlines and insights look in a terminal."""

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from kit.cli.console import counted, out
from kit.cli.views.insight import Headlines, Insight, Quote, Remainder

_QUOTES_SHOWN = 2
_WIDTH = 110


def show_headlines(headlines: Headlines) -> None:
    """Prints the headlines with what proves and what contradicts them, then what they leave out."""
    for rank, insight in enumerate(headlines.items, start=1):
        out.print(panel(insight, f"{rank}  {insight.label}"))
    if headlines.remainder:
        out.print(Text(_describe_remainder(headlines.remainder, headlines.posts)))


def panel(insight: Insight, title: str) -> Panel:
    """One insight in a frame."""
    return Panel(
        Group(*_lines(insight)), title=Text(title, style="bold"), title_align="left", width=min(_WIDTH, out.width)
    )


def _lines(insight: Insight) -> Iterator[RenderableType]:
    share = insight.share
    yield Text(insight.claim, style="bold")
    yield Text(
        f"{_percent(share.value)} of posts, 95 % interval {_percent(share.low)} to {_percent(share.high)} · "
        f"{counted(insight.posts, 'post')} by {counted(insight.authors, 'author')} · {_describe_trend(insight)}",
        style="dim",
    )
    yield from _quotes(insight.evidence, "+ ", "green")
    yield from _quotes(insight.counter_evidence, "− ", "red")


def _describe_trend(insight: Insight) -> str:
    """The two shares where the change is certain; otherwise that it is not."""
    trend = insight.trend
    if trend.direction == "not_enough_evidence":
        return "trend: not enough evidence"
    return f"{trend.direction} {_percent(trend.previous.value)} to {_percent(trend.current.value)}"


def _quotes(quotes: Sequence[Quote], opening: str, style: str) -> Iterator[RenderableType]:
    for quote in quotes[:_QUOTES_SHOWN]:
        origin = f"  {quote.platform}, {quote.published_at:%Y-%m-%d}"
        yield Padding(Text.assemble((opening, style), f"“{quote.text}”", (origin, "dim")), (0, 0, 0, 2))


def _describe_remainder(remainder: Remainder, posts: int) -> str:
    parts = {
        "fit no segment": remainder.abstained,
        "are in groups too small to quote": remainder.suppressed,
        "were rejected in review": remainder.rejected,
        "rank below these headlines": remainder.beyond_limit,
    }
    details = ", ".join(f"{_percent(share)} {what}" for what, share in parts.items() if share > 0)
    return f"No headline speaks of {_percent(remainder.share)} of the {posts:,} posts" + (
        f": {details}." if details else "."
    )


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
