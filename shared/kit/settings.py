"""Configuration from the environment: typed, every default safe on a laptop, unknown names refused."""

import os
from collections.abc import Mapping
from typing import Any, ClassVar, Self

from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

COMMON_PREFIX = "POURQUOI_"
CLIENT_VARIABLES = frozenset({"POURQUOI_URL", "POURQUOI_KEY", "POURQUOI_DATA", "POURQUOI_HOME"})


class UnknownVariableError(ValueError):
    """An environment variable carries our prefix but names no setting."""


def setting(env: str, default: Any, description: str) -> Any:
    """A field of a settings class that is read from the environment variable `env`."""
    return Field(default=default, validation_alias=env, description=description)


class ServiceSettings(BaseSettings):
    """What every service can be told; a service adds its own fields, each naming its variable."""

    model_config = SettingsConfigDict(populate_by_name=True, frozen=True, extra="ignore")

    service: ClassVar[str] = ""

    database_url: str = setting(
        "DATABASE_URL",
        "postgresql://pourquoi@127.0.0.1:5432/pourquoi",
        "PostgreSQL database of this service; its role owns it and is no superuser.",
    )
    database_pool: int = setting("POURQUOI_DATABASE_POOL", 10, "Most database connections of one process.")
    nats_url: str = setting("NATS_URL", "nats://127.0.0.1:4222", "NATS server with JetStream.")
    nats_prefix: str = setting(
        "POURQUOI_NATS_PREFIX",
        "",
        "Prefix of stream and subject names, where several platforms share a NATS.",
    )
    nats_replicas: int = setting("POURQUOI_NATS_REPLICAS", 1, "Copies of each stream: 3 on a NATS cluster.")
    http_host: str = setting("POURQUOI_HTTP_HOST", "127.0.0.1", "Address that REST listens on.")
    http_port: int = setting("POURQUOI_HTTP_PORT", 8000, "Port that REST listens on.")
    grpc_port: int = setting("POURQUOI_GRPC_PORT", 9000, "Port that gRPC listens on; 0 takes a free one.")
    keys_file: str = setting("POURQUOI_KEYS_FILE", "", "JSON file with the hashes of API keys; none: no keys.")
    service_key: SecretStr = setting(
        "POURQUOI_SERVICE_KEY", SecretStr(""), "API key with scope `service` for calls to other services."
    )
    oidc_issuer: str = setting("POURQUOI_OIDC_ISSUER", "", "Issuer of accepted OIDC tokens; empty accepts none.")
    oidc_jwks_url: str = setting("POURQUOI_OIDC_JWKS_URL", "", "Where the issuer's public keys are.")
    oidc_audience: str = setting("POURQUOI_OIDC_AUDIENCE", "pourquoi", "Audience a token must be meant for.")
    oidc_workspace_claim: str = setting(
        "POURQUOI_OIDC_WORKSPACE_CLAIM", "workspace", "Claim of a token that names the workspace."
    )
    cursor_secret: SecretStr = setting(
        "POURQUOI_CURSOR_SECRET", SecretStr(""), "Signs page cursors; empty makes one up at every start."
    )
    request_megabytes: int = setting("POURQUOI_REQUEST_MEGABYTES", 16, "Largest body of a plain request, in MiB.")
    requests_per_minute: int = setting(
        "POURQUOI_REQUESTS_PER_MINUTE", 6000, "Requests a principal may send to one replica in a minute."
    )
    jobs_at_once: int = setting("POURQUOI_JOBS_AT_ONCE", 2, "Jobs that one process runs at the same time.")
    otlp_endpoint: str = setting("POURQUOI_OTLP_ENDPOINT", "", "OpenTelemetry collector (gRPC); empty sends none.")
    log_level: str = setting("POURQUOI_LOG_LEVEL", "INFO", "Least severe level that is logged.")
    shutdown_seconds: float = setting("POURQUOI_SHUTDOWN_SECONDS", 20.0, "Time that work in flight gets at a stop.")

    @classmethod
    def environment_names(cls) -> frozenset[str]:
        """Every environment variable that this service reads."""
        return frozenset(name for field in cls.model_fields.values() for name in _aliases(field.validation_alias))

    @classmethod
    def load(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Settings from the environment of this process; `environment` are the names to look through.

        Raises `UnknownVariableError` when a variable has the prefix of Pourquoi or of this service and no meaning.
        """
        prefixes = (COMMON_PREFIX, f"{cls.service.upper()}_") if cls.service else (COMMON_PREFIX,)
        known = cls.environment_names() | CLIENT_VARIABLES
        unknown = sorted(name for name in environment if name.startswith(prefixes) and name not in known)
        if unknown:
            raise UnknownVariableError(
                f"{', '.join(unknown)}: no such setting. Known settings: {', '.join(sorted(known))}."
            )
        return cls()


def _aliases(alias: object) -> tuple[str, ...]:
    if isinstance(alias, AliasChoices):
        return tuple(choice for choice in alias.choices if isinstance(choice, str))
    return (alias,) if isinstance(alias, str) else ()
