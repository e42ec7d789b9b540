"""Standard Webhooks signatures of posts that others push."""

import re
from collections.abc import Mapping

from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook, WebhookVerificationError

_ID = re.compile(r"[!-~]{1,200}")


class SignatureError(Exception):
    """The signature is missing, wrong, too old or too far ahead."""


def verify(secret: str, headers: Mapping[str, str], body: bytes) -> str:
    """The id of a delivery that this secret signed within the last five minutes; raises `SignatureError`.

    Standard Webhooks 1.0, symmetric `v1`; of several signatures, one must fit, so that secrets can be rotated.
    """
    signed = {name: headers.get(name, "") for name in ("webhook-id", "webhook-timestamp", "webhook-signature")}
    if not _ID.fullmatch(signed["webhook-id"]):
        raise SignatureError
    try:
        Webhook(secret).verify(body, signed, json_parse=False)
    except (WebhookVerificationError, EmptyWebhookSecretError, ValueError):
        raise SignatureError from None
    return signed["webhook-id"]
