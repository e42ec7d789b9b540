"""Which addresses outward calls may reach."""

from ipaddress import ip_address

import pytest

from kit.addresses import ForbiddenAddressError, is_public, resolve


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2001:4860:4860::8888", True),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("fe80::1", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::808:808", True),
        ("2002:7f00:1::", False),
    ],
)
def test_public_addresses_are_told_from_others(address: str, public: bool) -> None:
    assert is_public(ip_address(address)) is public


async def test_a_name_that_leads_to_this_machine_is_forbidden_unless_private_addresses_are_allowed() -> None:
    with pytest.raises(ForbiddenAddressError):
        await resolve("localhost", 80, allow_private=False)

    assert (await resolve("localhost", 80, allow_private=True)).is_loopback
