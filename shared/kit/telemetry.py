"""Traces, metrics and logs: the only module that touches the OpenTelemetry SDK."""

import logging
import os
import sys
import traceback
from typing import Any

from fastapi import FastAPI
from opentelemetry import metrics, trace
from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import MetricReader, PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from pythonjsonlogger.json import JsonFormatter

from kit.db import is_outage
from kit.settings import ServiceSettings

QUIET_PATHS = "livez,readyz,metrics"
_recorder = InMemorySpanExporter()


def configure(settings: ServiceSettings) -> None:
    """Sets up the process: JSON logs, metrics, and traces, which are exported where a collector is named.

    Logs and problems name their trace even without a collector.
    Call it once per process, before the application is built.
    """
    configure_logs(settings.log_level)
    # The older conventions put the Host header, which any caller chooses, into metric labels.
    os.environ.setdefault("OTEL_SEMCONV_STABILITY_OPT_IN", "http")
    resource = Resource.create({"service.name": settings.service, "service.namespace": "pourquoi"})
    readers: list[MetricReader] = [PrometheusMetricReader()]
    provider = TracerProvider(resource=resource)
    trace.set_tracer_provider(provider)
    if settings.otlp_endpoint:
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=settings.otlp_endpoint)))
        readers.append(PeriodicExportingMetricReader(OTLPMetricExporter(endpoint=settings.otlp_endpoint)))
    metrics.set_meter_provider(MeterProvider(resource=resource, metric_readers=readers))


def configure_logs(level: str) -> None:
    """Sends every log line to stderr as one JSON object."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Formatter("{levelname}{name}{message}", style="{", rename_fields={"levelname": "level"}))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in ("nats", "httpx2", "httpcore2"):
        logging.getLogger(name).setLevel(logging.ERROR)


class _Formatter(JsonFormatter):
    """JSON with a UTC timestamp, the id of the current trace, and no message of an exception."""

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, timestamp="time", **options)  # type: ignore[arg-type]

    def process_log_record(self, log_data: dict[str, object]) -> dict[str, object]:
        """Adds the current trace, so that logs and traces can be joined."""
        context = trace.get_current_span().get_span_context()
        if context.is_valid:
            log_data["trace_id"] = trace.format_trace_id(context.trace_id)
        return log_data

    def formatException(self, ei: Any) -> str:  # noqa: N802
        """Where it happened and of what kind; messages may quote a post or a secret and stay out."""
        error: BaseException | None = ei[1]
        parts: list[str] = []
        while error is not None:
            parts.insert(0, "".join(traceback.format_tb(error.__traceback__)) + type(error).__qualname__)
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n\n".join(parts)


def instrument_app(app: FastAPI) -> None:
    """Gives every REST request a span; probes stay silent."""
    FastAPIInstrumentor.instrument_app(app, excluded_urls=QUIET_PATHS)


def recorded_spans() -> InMemorySpanExporter:
    """Records every span of this process in memory; for tests, and always the same recorder."""
    provider = trace.get_tracer_provider()
    if not isinstance(provider, TracerProvider):
        provider = TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(_recorder))
        trace.set_tracer_provider(provider)
    return _recorder


def current_trace_id() -> str:
    """The trace that a caller may name when asking about an answer; empty outside any."""
    context = trace.get_current_span().get_span_context()
    return trace.format_trace_id(context.trace_id) if context.is_valid else ""


def log_outage(task: str, error: Exception) -> None:
    """Notes that a background task could not do its work this time and will try again; raises what is no outage."""
    if not is_outage(error):
        raise error
    logging.getLogger(__name__).warning("%s waits for an outage to end: %s", task, type(error).__name__)
