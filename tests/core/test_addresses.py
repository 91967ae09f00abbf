"""Which addresses outlets may live at: the open internet, and nothing that merely looks like it."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corante.core.addresses import AddressPolicy, is_public, read_allowance

BAD = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.0.0.8",
    "192.0.2.1",
    "192.31.196.1",
    "192.52.193.1",
    "192.88.99.1",
    "192.168.1.1",
    "192.175.48.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "100::1",
    "100:0:0:1::1",
    "2001::1",
    "2001:10::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::",
    "2620:4f:8000::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fec0::1",
    "ff02::1",
]
GOOD = [
    "1.1.1.1",
    "93.184.216.34",
    "192.0.1.1",
    "2606:4700:4700::1111",
    "2a00:1450:4001:81b::200e",
    "64:ff9b::101:101",
    "::ffff:9.9.9.9",
]


@pytest.mark.parametrize("address", BAD)
def test_a_dangerous_address_is_refused(address: str) -> None:
    assert not AddressPolicy().permits(address, 80)


@pytest.mark.parametrize("address", GOOD)
def test_an_address_of_the_open_internet_is_fine(address: str) -> None:
    assert AddressPolicy().permits(address, 443)


@pytest.mark.parametrize("text", ["localhost", "127.1", "2130706433", "0x7f.1", "fe80::1%eth0", "", "①②⑦.⓪.⓪.①"])
def test_what_is_no_literal_address_is_refused(text: str) -> None:
    assert not AddressPolicy().permits(text, 80)


@given(st.integers(0, 2**32 - 1).map(IPv4Address))
def test_an_ipv6_address_that_carries_an_ipv4_one_is_judged_by_it(inner: IPv4Address) -> None:
    for prefix in (0x64FF9B << 96, 0xFFFF << 32):
        assert is_public(IPv6Address(prefix | int(inner))) == is_public(inner)


@given(st.ip_addresses())
def test_whatever_is_public_is_global_to_python_too(address: IPv4Address | IPv6Address) -> None:
    inner = getattr(address, "ipv4_mapped", None)
    if is_public(address) and inner is None and not str(address).startswith("64:ff9b"):
        assert address.is_global


@pytest.mark.parametrize(
    ("text", "address", "port", "covered"),
    [
        ("127.0.0.0/8:8999", "127.9.9.9", 8999, True),
        ("127.0.0.0/8:8999", "127.9.9.9", 80, False),
        ("10.0.0.0/8", "10.1.1.1", 1234, True),
        ("10.0.0.0/8", "192.168.1.1", 1234, False),
        ("fd00::/8", "fd00::1", 80, True),
        ("[fd00::]/8:8080", "fd00::1", 80, False),
        ("fd00::/8:8080", "fd00::1", 8080, True),
        ("192.168.1.5", "192.168.1.5", 80, True),
        ("192.168.1.5:8000", "192.168.1.5", 8000, True),
        ("::1", "::1", 80, True),
    ],
)
def test_an_allowed_network_is_allowed_by_address_and_port(text: str, address: str, port: int, covered: bool) -> None:
    assert AddressPolicy.of([text]).permits(address, port) is covered


@pytest.mark.parametrize("text", ["", "example.org", "10.0.0.0/99", "10.0.0.0/8:http", "*"])
def test_a_network_that_can_not_be_read_is_an_error_with_the_way_out(text: str) -> None:
    with pytest.raises(ValueError, match="write it as"):
        read_allowance(text)
