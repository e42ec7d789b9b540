"""Every kind of source: the settings it takes, and what collects its posts. A new kind is one more line."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel

from ingest.sources.connector import Connector, Cursor
from ingest.sources.push.config import PushConfig
from ingest.sources.sample import connector as sample
from ingest.sources.sample.config import SampleConfig


def _never(config: BaseModel) -> bool:
    return False


@dataclass(frozen=True)
class Kind:
    """One kind of source.

    `connect` makes its connector from its settings and the tools of connectors; None for posts that come by
    themselves. `streams` tells from the settings whether the connector stays connected, rather than ending when
    there is no more. `host` tells whom it asks, where that is not the same for the whole kind: nobody is asked for
    two sources of a workspace at once. `rewind` gives the cursor that collects from a moment on and ends at another;
    None where the source shows no past. `keeps_cursor` says that a cursor stays true when the settings change;
    otherwise the source starts anew then.
    """

    name: str
    config: type[BaseModel]
    connect: Callable[..., Connector] | None = None
    every_seconds: int = 900
    streams: Callable[..., bool] = _never
    host: Callable[..., str] | None = None
    rewind: Callable[[datetime, datetime], Cursor] | None = None
    keeps_cursor: bool = False

    def host_of(self, config: BaseModel) -> str:
        """Whom a source with these settings asks."""
        return self.host(config) if self.host else self.name


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("push", PushConfig),
        Kind("sample", SampleConfig, sample.SampleConnector, every_seconds=60, rewind=sample.rewind),
    )
}
