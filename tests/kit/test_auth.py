"""Who calls: keys of a file that changes, and tokens of an identity provider."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from jwt.algorithms import RSAAlgorithm

from kit.auth import READ, SCOPES, SERVICE, WRITE, Authenticator, KeyFile, Principal, create_key
from kit.db import EVERYWHERE
from kit.errors import Forbidden, Invalid, Unauthenticated, Unavailable
from kit.settings import ServiceSettings

ISSUER = "https://login.example"


@pytest.fixture
def keys(tmp_path: Path) -> KeyFile:
    return KeyFile(tmp_path / "keys.json")


@pytest.fixture
def authenticator(keys: KeyFile) -> Authenticator:
    return Authenticator(ServiceSettings(keys_file=str(keys.path)))


async def test_a_key_gives_its_workspace_and_scopes(keys: KeyFile, authenticator: Authenticator) -> None:
    key, record = create_key("alpha", [READ], "dashboard")
    keys.write([record])
    assert await authenticator.authenticate(f"Bearer {key}") == Principal("alpha", frozenset({READ}), "dashboard")
    assert key.split("_", 2)[2] not in keys.path.read_text()
    assert keys.path.stat().st_mode & 0o077 == 0


async def test_keys_are_added_and_revoked_without_a_restart(keys: KeyFile, authenticator: Authenticator) -> None:
    old, old_record = create_key("alpha", [READ], "old")
    new, new_record = create_key("alpha", [READ], "new")
    with pytest.raises(Unauthenticated):
        await authenticator.authenticate(f"Bearer {old}")
    keys.write([old_record])
    assert (await authenticator.authenticate(f"Bearer {old}")).subject == "old"
    keys.write([new_record])
    assert (await authenticator.authenticate(f"Bearer {new}")).subject == "new"
    with pytest.raises(Unauthenticated, match="revoked"):
        await authenticator.authenticate(f"Bearer {old}")


async def test_a_broken_file_takes_no_key_away(keys: KeyFile, authenticator: Authenticator, caplog: Any) -> None:
    key, record = create_key("alpha", [READ], "steady")
    keys.write([record])
    await authenticator.authenticate(f"Bearer {key}")
    keys.path.write_text("[{")
    for _ in range(3):
        assert (await authenticator.authenticate(f"Bearer {key}")).subject == "steady"
    assert [line.levelname for line in caplog.records] == ["ERROR"], "complained of once"


@pytest.mark.parametrize("change", [lambda key: key + "x", lambda key: key[:-4], lambda key: "pq__", lambda key: "pq_"])
async def test_a_key_that_is_not_exactly_right_is_refused(keys: KeyFile, authenticator: Authenticator, change) -> None:
    key, record = create_key("alpha", [READ], "exact")
    keys.write([record])
    with pytest.raises(Unauthenticated):
        await authenticator.authenticate(f"Bearer {change(key)}")


async def test_a_service_key_acts_in_the_workspace_it_names(keys: KeyFile, authenticator: Authenticator) -> None:
    key, record = create_key(EVERYWHERE, [SERVICE], "insight")
    keys.write([record])
    principal = await authenticator.authenticate(f"Bearer {key}", "beta")
    assert principal.workspace == "beta"
    for unnamed in ("", EVERYWHERE, "b eta", "b\neta", "béta", "x" * 101):
        with pytest.raises(Unauthenticated, match="workspace"):
            await authenticator.authenticate(f"Bearer {key}", unnamed)


async def test_a_key_of_one_workspace_cannot_name_another(keys: KeyFile, authenticator: Authenticator) -> None:
    key, record = create_key("alpha", list(SCOPES), "curious")
    keys.write([record])
    assert (await authenticator.authenticate(f"Bearer {key}", "beta")).workspace == "alpha"


@pytest.mark.parametrize("name", ["", "a b", "ä", "-a", "x" * 101, "a/b"])
def test_a_workspace_has_a_plain_name(name: str) -> None:
    with pytest.raises(Invalid, match="letters"):
        create_key(name, [READ], "me")


def test_scopes_are_needed_one_by_one_unless_it_is_a_service() -> None:
    reader = Principal("alpha", frozenset({READ}), "me")
    reader.require(READ)
    with pytest.raises(Forbidden, match="'write'"):
        reader.require(WRITE)
    Principal("alpha", frozenset({SERVICE}), "insight").require(WRITE)


@dataclass
class Provider:
    """An identity provider on this machine: a key pair and the address of its public half."""

    url: str = ""
    key: RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    answer: bytes = b""
    asked: int = 0

    def token(self, kid: str = "k1", **changes: Any) -> str:
        claims = {"iss": ISSUER, "aud": "pourquoi", "sub": "ann", "exp": time() + 60, "workspace": "alpha"}
        claims |= {"scope": "openid read admin root"} | changes
        kept = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(kept, self.key, "RS256", headers={"kid": kid})


@pytest.fixture
def provider() -> Iterator[Provider]:
    made = Provider()
    public = {**RSAAlgorithm.to_jwk(made.key.public_key(), as_dict=True), "kid": "k1", "use": "sig"}
    made.answer = json.dumps({"keys": [public]}).encode()

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked += 1
            self.send_response(200)
            self.end_headers()
            self.wfile.write(made.answer)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    made.url = f"http://127.0.0.1:{server.server_port}/keys"
    yield made
    server.shutdown()
    server.server_close()
    thread.join()


def accepting(provider: Provider, **changes: str) -> Authenticator:
    return Authenticator(ServiceSettings(**{"oidc_issuer": ISSUER, "oidc_jwks_url": provider.url, **changes}))


async def test_a_token_gives_its_workspace_and_the_scopes_we_know(provider: Provider) -> None:
    principal = await accepting(provider).authenticate(f"bearer {provider.token()}")
    assert principal == Principal("alpha", frozenset({"read", "admin"}), "ann")


async def test_the_workspace_may_stand_in_another_claim(provider: Provider) -> None:
    token = provider.token(workspace=None, tenant="beta")
    principal = await accepting(provider, oidc_workspace_claim="tenant").authenticate(f"Bearer {token}")
    assert principal.workspace == "beta"


@pytest.mark.parametrize(
    "wrong",
    [
        {"exp": time() - 3600},
        {"exp": None},
        {"nbf": time() + 3600},
        {"aud": "another"},
        {"aud": None},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"sub": None},
        {"workspace": None},
        {"workspace": EVERYWHERE},
        {"workspace": 7},
        {"workspace": "a b"},
        {"kid": "unknown"},
    ],
    ids=lambda wrong: " ".join(f"{claim} {type(value).__name__}" for claim, value in wrong.items()),
)
async def test_a_token_that_is_not_right_is_refused(provider: Provider, wrong: dict[str, Any]) -> None:
    with pytest.raises(Unauthenticated):
        await accepting(provider).authenticate(f"Bearer {provider.token(**wrong)}")


async def test_a_token_of_another_key_or_without_a_signature_is_refused(provider: Provider) -> None:
    authenticator = accepting(provider)
    forged = Provider().token()
    unsigned = jwt.encode({"iss": ISSUER, "aud": "pourquoi", "sub": "ann", "exp": time() + 60}, None, "none")
    symmetric = jwt.encode({"sub": "ann"}, "a" * 64, "HS256", headers={"kid": "k1"})
    for token in (forged, unsigned, symmetric, "junk", "a.b.c", "é.é.é"):
        with pytest.raises(Unauthenticated):
            await authenticator.authenticate(f"Bearer {token}")


async def test_unknown_key_ids_do_not_make_us_ask_the_provider_again_and_again(provider: Provider) -> None:
    authenticator = accepting(provider)
    for number in range(5):
        with pytest.raises(Unauthenticated):
            await authenticator.authenticate(f"Bearer {provider.token(kid=str(number))}")
    assert provider.asked <= 2


async def test_a_provider_that_is_away_or_talks_nonsense_is_unavailable(provider: Provider) -> None:
    token = provider.token()
    with pytest.raises(Unavailable):
        await accepting(provider, oidc_jwks_url="http://127.0.0.1:9/keys").authenticate(f"Bearer {token}")
    provider.answer = b"<html>"
    with pytest.raises(Unavailable):
        await accepting(provider).authenticate(f"Bearer {token}")


async def test_without_an_issuer_no_token_is_accepted(provider: Provider) -> None:
    with pytest.raises(Unauthenticated, match="not accepted"):
        await accepting(provider, oidc_issuer="").authenticate(f"Bearer {provider.token(iss='')}")
