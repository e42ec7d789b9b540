"""Each service's REST interface: its committed document is current, and it answers as documented."""

import asyncio
import json
import sys
from pathlib import Path

import pytest

from kit.service import build_app

CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
    "response_schema_conformance,unsupported_method,ignored_auth,missing_required_header,use_after_free"
)
ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("ingest", "enrichment", "segmentation", "insight")


@pytest.mark.parametrize("name", SERVICES)
def test_the_committed_document_is_current(name: str, service_of) -> None:
    service = service_of(name)
    committed = json.loads((ROOT / "services" / name / "openapi.json").read_text())
    assert committed == build_app(service, service.settings()).openapi(), "Run `make generate` and commit."


@pytest.mark.parametrize("name", SERVICES)
async def test_it_answers_as_documented(name: str, serve, tmp_path: Path) -> None:
    """schemathesis sends valid and invalid requests: no 5xx, documented statuses, media types and bodies only.

    Whether data that fits the schema is accepted is not checked: a signed cursor, a used Idempotency-Key or a
    file that holds no posts fits it and is refused, and a batch with one wrong post is taken without it.
    """
    served = await serve(name)
    command = [
        *(str(Path(sys.executable).parent / "schemathesis"), "run", f"{served.url}/openapi.json"),
        *("--url", served.url, "--header", f"Authorization: Bearer {served.key}"),
        *(
            "--max-examples",
            "10",
            "--checks",
            CHECKS,
            "--seed",
            "7",
            "--no-color",
            "--phases",
            "examples,coverage,fuzzing",
        ),
        *("--generation-database", "none", "--request-timeout", "30"),
    ]
    process = await asyncio.create_subprocess_exec(
        *command, cwd=tmp_path, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()[-30000:]
