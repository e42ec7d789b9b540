"""What a source of pushed posts is told."""

from pydantic import BaseModel, ConfigDict, Field

from ingest.sources.credentials import CredentialReference


class PushConfig(BaseModel):
    """Posts come by themselves: to `POST /v1/posts?source_id=`, or signed to the source's own webhook."""

    model_config = ConfigDict(extra="forbid")

    secret: CredentialReference | None = Field(
        None, description="Signing secret of the webhook (Standard Webhooks, `whsec_...`); without it there is none."
    )
