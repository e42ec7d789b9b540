"""Lists: opaque signed cursors, and revisions as entity tags."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Header, Query, Request, Response
from itsdangerous import BadData, URLSafeSerializer
from pydantic import BaseModel

from kit.errors import Invalid, Malformed, PreconditionFailed

Item = TypeVar("Item")
Row = TypeVar("Row")
MAX_LIMIT = 500
_OTHER_LIST = "This cursor does not belong to this list; start from the first page."


class Page(BaseModel, Generic[Item]):
    """One page of a list; `next_cursor` is null on the last."""

    items: list[Item]
    next_cursor: str | None


class Position(dict[str, Any]):
    """Where the page before ended; a value that is not in it makes the cursor one of another list."""

    def __missing__(self, name: str) -> Any:
        raise Invalid(_OTHER_LIST)


@dataclass(frozen=True)
class PageRequest:
    """The page that is asked for: ask the repository for `fetch` rows after `after`."""

    limit: int
    after: Position | None
    signer: URLSafeSerializer

    @property
    def fetch(self) -> int:
        """One more than the page holds, which tells whether there is another page."""
        return self.limit + 1

    def page(
        self, rows: Sequence[Row], view: Callable[[Row], Item], key: Callable[[Row], Mapping[str, Any]]
    ) -> Page[Item]:
        """The page of `rows`, of which there may be one more than the page holds.

        `key` gives the JSON values that `after` of the next page will hold.
        """
        shown = rows[: self.limit]
        more = len(rows) > self.limit
        return Page(
            items=[view(row) for row in shown],
            next_cursor=str(self.signer.dumps(dict(key(shown[-1])))) if more else None,
        )


def _page_request(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="Most items on the page.")] = 50,
    cursor: Annotated[str | None, Query(max_length=2000, description="`next_cursor` of the page before.")] = None,
) -> PageRequest:
    signer = URLSafeSerializer(request.app.state.cursor_secret, salt=f"{request.app.title} {request.scope['path']}")
    if cursor is None:
        return PageRequest(limit, None, signer)
    try:
        return PageRequest(limit, Position(signer.loads(cursor)), signer)
    except (BadData, TypeError, ValueError) as error:
        raise Invalid(_OTHER_LIST) from error


Paging = Annotated[PageRequest, Depends(_page_request)]


def set_etag(response: Response, revision: int) -> None:
    """Tells the caller which revision it was shown."""
    response.headers["ETag"] = f'"{revision}"'


def _if_match(
    if_match: Annotated[
        str | None, Header(max_length=100, description="ETag of the revision to change; absent changes any.")
    ] = None,
) -> int | None:
    if if_match is None or if_match == "*":
        return None
    match = re.fullmatch(r'(?:W/)?"([0-9]{1,9})"', if_match, re.ASCII)
    if match is None:
        raise Malformed('If-Match must be an ETag that this API gave, such as "3".')
    return int(match[1])


IfMatch = Annotated[int | None, Depends(_if_match)]


def check_revision(expected: int | None, current: int) -> None:
    """Raises `PreconditionFailed` when the caller wants to change another revision than the current one."""
    if expected is not None and expected != current:
        raise PreconditionFailed(f"This is at revision {current} by now; read it again, then repeat your change.")
