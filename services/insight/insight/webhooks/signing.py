"""Standard Webhooks signatures, by which a partner knows who sent a delivery and that nobody changed it."""

from base64 import b64encode
from datetime import datetime
from secrets import token_bytes

from standardwebhooks import Webhook

SECRET_PREFIX = "whsec_"
SECRET_BYTES = 32  # the specification asks for 24 to 64


def new_secret() -> str:
    """A random signing secret in the form that Standard Webhooks libraries take."""
    return SECRET_PREFIX + b64encode(token_bytes(SECRET_BYTES)).decode()


def signed_headers(secret: str, delivery_id: str, moment: datetime, body: str) -> dict[str, str]:
    """The headers of one attempt (Standard Webhooks 1.0, symmetric `v1`); `moment` is in UTC."""
    return {
        "content-type": "application/json",
        "webhook-id": delivery_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(secret).sign(delivery_id, moment, body),
    }
