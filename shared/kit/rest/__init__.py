"""REST in one style: boundaries, callers, pages, problems, probes and documentation."""

from kit.rest.boundary import Router
from kit.rest.callers import (
    AdminSession,
    CurrentPrincipal,
    CurrentRuntime,
    ReadSession,
    ReviewSession,
    Writer,
    WriteSession,
    count_request,
)
from kit.rest.paging import IfMatch, Page, Paging, check_revision, set_etag

__all__ = [
    "AdminSession",
    "CurrentPrincipal",
    "CurrentRuntime",
    "IfMatch",
    "Page",
    "Paging",
    "ReadSession",
    "ReviewSession",
    "Router",
    "WriteSession",
    "Writer",
    "check_revision",
    "count_request",
    "set_etag",
]
