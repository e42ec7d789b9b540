"""Logs: one JSON object a line, with the trace, and never with what an exception quotes."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from opentelemetry import trace

from kit import telemetry
from kit.metrics import buried
from kit.settings import ServiceSettings
from kit.telemetry import log_outage


@contextmanager
def logging_of_a_service() -> Iterator[logging.Logger]:
    """Logging as a service sets it up, taken back afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    telemetry.configure_logs("info")
    yield logging.getLogger("probe")
    root.handlers[:] = handlers
    root.setLevel(level)


def test_a_line_is_json_with_time_level_and_trace(capsys, spans) -> None:
    with logging_of_a_service() as log, trace.get_tracer("test").start_as_current_span("work") as span:
        log.info("done with %d posts", 3)
    line = json.loads(capsys.readouterr().err)
    assert (line["level"], line["name"], line["message"]) == ("INFO", "probe", "done with 3 posts")
    assert line["trace_id"] == trace.format_trace_id(span.get_span_context().trace_id)
    assert line["time"].endswith(("Z", "+00:00"))


def _misread(post: str) -> None:
    try:
        float(post)
    except ValueError as error:
        raise LookupError(post) from error


def test_the_text_of_a_post_never_reaches_a_log_by_an_exception(capsys) -> None:
    post = " ".join(("my", "private", "words"))
    with logging_of_a_service() as log:
        try:
            _misread(post)
        except LookupError as error:
            log.error("could not be applied: %s", type(error).__name__, exc_info=error)
    written = capsys.readouterr().err
    assert post not in written
    line = json.loads(written)
    assert line["exc_info"].splitlines()[-1] == "LookupError"
    assert "ValueError" in line["exc_info"], "the cause is told"
    assert "test_telemetry.py" in line["exc_info"], "and the place"


def test_an_outage_is_noted_and_anything_else_is_raised(caplog: pytest.LogCaptureFixture) -> None:
    log_outage("The reader", ConnectionRefusedError())
    assert "The reader waits for an outage to end: ConnectionRefusedError" in caplog.text
    with pytest.raises(KeyError):
        log_outage("The reader", KeyError("x"))


def test_metrics_can_be_recorded_before_anything_is_set_up() -> None:
    buried("probe")


def test_settings_do_not_need_a_collector() -> None:
    assert ServiceSettings().otlp_endpoint == ""
