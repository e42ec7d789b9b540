"""What the tests of codebooks share."""

from typing import Any

import pytest

from kit.testing import Running, until
from tests.enrichment.codebooks.bank import CARDS, Make, is_trained


@pytest.fixture
def make(enrichment: Running) -> Make:
    """Makes a codebook and waits until it codes: `make(name="other", choice="many")`."""

    async def create(workspace: str = "alpha", **fields: Any) -> dict[str, Any]:
        client = enrichment.client_for(workspace)
        answer = await client.post("/v1/codebooks", json={**CARDS, **fields})
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        await until(lambda: is_trained(enrichment, made, workspace))
        return made

    return create
