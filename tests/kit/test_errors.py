"""Errors mean the same over REST and gRPC."""

import grpc
import pytest

from kit.errors import KINDS, Conflict, Invalid, NotFound, PourquoiError, Unauthenticated, Unavailable, from_grpc_status


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_status_on_both_sides(kind: type[PourquoiError]) -> None:
    assert 400 <= kind.status < 600
    assert kind.grpc_status in grpc.StatusCode.__members__
    assert kind("why").detail == "why"


def test_slugs_and_statuses_tell_kinds_apart() -> None:
    assert len({kind.slug for kind in KINDS}) == len({kind.status for kind in KINDS}) == len(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_that_crossed_grpc_is_of_its_kind_or_of_the_general_one(kind: type[PourquoiError]) -> None:
    returned = from_grpc_status(kind.grpc_status, "why")
    assert returned.detail == "why"
    assert type(returned) is (Invalid if kind.grpc_status == "INVALID_ARGUMENT" else kind)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("NOT_FOUND", NotFound),
        ("FAILED_PRECONDITION", Conflict),
        ("DEADLINE_EXCEEDED", Unavailable),
        ("UNKNOWN", PourquoiError),
        ("UNIMPLEMENTED", PourquoiError),
    ],
)
def test_grpc_statuses_become_errors(status: str, kind: type[PourquoiError]) -> None:
    assert type(from_grpc_status(status, "why")) is kind


def test_the_scheme_of_authentication_is_named() -> None:
    assert Unauthenticated("Send a key.").headers == {"WWW-Authenticate": "Bearer"}
