"""Which certificate names cover which hosts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnostics.names import matches, normal_name

KELVIN = "\u212a"
LONG_S = "\u017f"


def covers(presented: str, host: str) -> bool:
    return matches(host, dns_names=[presented], ip_addresses=[])


@pytest.mark.parametrize(
    ("presented", "host"),
    [
        ("shop.example.com", "shop.example.com"),
        ("Shop.EXAMPLE.com", "sHOP.example.COM"),  # letters of ASCII in any case
        ("shop.example.com", "shop.example.com."),  # the host as an absolute name
        ("my_shop.example.com", "my_shop.example.com"),  # no host name by the RFC, and in use
        ("*.example.com", "shop.example.com"),
        ("*.example.com", "my_shop.example.com."),
        ("*.EXAMPLE.com", "shop.example.com"),
        ("*.example.com", "xn--bcher-kva.example.com"),  # the wildcard stands for an A-label too
        ("*.corp.local", "shop.corp.local"),  # an unknown top level, one label below it
        ("*.github.io", "someone.github.io"),  # a suffix of the private section: in use, and browsers take it
        ("*.s3.amazonaws.com", "bucket.s3.amazonaws.com"),
        ("*.www.ck", "shop.www.ck"),  # an exception to the rule *.ck
        ("xn--bcher-kva.example", "bücher.example"),
        ("xn--bcher-kva.example", "BÜCHER.example"),
        ("xn--strae-oqa.example", "straße.example"),  # UTS 46 without the transition of IDNA 2003
        ("shop.example.com", "shop。example．com"),  # the full stops of East Asian keyboards
        ("localhost", "localhost"),
    ],
)
def test_a_name_covers_a_host(presented: str, host: str) -> None:
    assert covers(presented, host)


@pytest.mark.parametrize(
    ("presented", "host"),
    [
        ("example.com", "shop.example.com"),
        ("shop.example.com", "example.com"),
        ("*.example.com", "example.com"),  # the wildcard is a whole label
        ("*.example.com", "a.shop.example.com"),  # and one label only
        ("*.example.com", ".example.com"),
        ("*.example.com", "*.example.com"),  # the host is no pattern
        ("s*.example.com", "shop.example.com"),  # part of a label
        ("*p.example.com", "shop.example.com"),
        ("*hop.example.com", "shop.example.com"),
        ("xn--*-kva.example.com", "xn--bcher-kva.example.com"),
        ("shop.*.com", "shop.example.com"),  # not the left-most label
        ("*.*.com", "shop.example.com"),
        ("*.*.example.com", "a.b.example.com"),
        ("*", "localhost"),
        ("*", "com"),
        ("*.", "com."),
        ("*.com", "example.com"),  # one label after the wildcard
        ("*.co.uk", "example.co.uk"),  # a suffix of the registries
        ("*.foo.kawasaki.jp", "example.foo.kawasaki.jp"),  # by the rule *.kawasaki.jp
        ("*.xn--55qx5d.cn", "example.xn--55qx5d.cn"),  # a suffix in Chinese letters
        ("shop.example.com.", "shop.example.com"),  # a certificate's names have no final dot
        (".example.com", "shop.example.com"),
        ("", ""),
        ("shop.example.com\0.attacker.test", "shop.example.com"),
        ("shop.example.com", "shop.example.com\0.attacker.test"),
        ("shop.example.com", " shop.example.com"),
        ("shop.example.com", "shop..example.com"),
        ("shop.example.com", "shop.example.com.."),
        ("bücher.example", "bücher.example"),  # a certificate's names are ASCII
        ("kiosk.example", KELVIN + "iosk.example"),  # the Kelvin sign is no k, though str.lower says so
        (KELVIN + "iosk.example", "kiosk.example"),
        ("shop.example", LONG_S + "hop.example"),  # nor is the long s an s, though UTS 46 says so
        ("xn--kche-0ra.example", KELVIN + "üche.example"),
        ("192.0.2.1", "192.0.2.1"),  # an address is no name
        ("*.0.2.1", "192.0.2.1"),
        ("1", "1"),
        ("127.1", "127.1"),  # browsers read it as 127.0.0.1
        ("0x7f.1", "0x7f.1"),
        ("a" * 64 + ".example", "a" * 64 + ".example"),  # a label too long for DNS
    ],
)
def test_a_name_does_not_cover_a_host(presented: str, host: str) -> None:
    assert not covers(presented, host)


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:DB8:0:0:0:0:0:1"),  # another spelling
        ("2001:db8::1", "[2001:db8::1]"),  # as in a URL
        ("2001:0db8::0001", "2001:db8::1"),
        ("fe80::1", "fe80::1%eth0"),  # the zone is the visitor's own
        ("192.0.2.1", "192.0.2.1."),
    ],
)
def test_an_address_covers_a_host_that_is_the_same_address(address: str, host: str) -> None:
    assert matches(host, dns_names=[], ip_addresses=[address])


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("192.0.2.1", "192.0.2.2"),
        ("192.0.2.1", "::ffff:192.0.2.1"),  # an IPv6 address, which another host may have
        ("192.0.2.1", "192.0.2.01"),  # no spelling of an address
        ("192.0.2.0/24", "192.0.2.1"),  # a network is no address
        ("shop.example.com", "shop.example.com"),  # nor is a name
        ("", ""),
    ],
)
def test_an_address_does_not_cover_a_host(address: str, host: str) -> None:
    assert not matches(host, dns_names=[], ip_addresses=[address])


def test_one_name_of_many_is_enough() -> None:
    assert matches("b.example", dns_names=["a.example", "b.example"], ip_addresses=["192.0.2.1"])
    assert not matches("c.example", dns_names=["a.example", "b.example"], ip_addresses=["192.0.2.1"])


hostile = st.one_of(
    st.text(),
    st.text(alphabet=st.characters(codec=None, categories=["Cs", "Cc", "Mn"])),
    st.text(alphabet="*.-_0x1ab:[]%ßK\u212a\u200d\ud800。\0", max_size=30),
)


@given(host=hostile, dns_name=hostile, address=hostile)
def test_no_text_makes_it_fail(host: str, dns_name: str, address: str) -> None:
    assert matches(host, dns_names=[dns_name], ip_addresses=[address]) in (True, False)


@given(host=hostile)
def test_a_normal_name_is_ascii_and_stays_as_it_is(host: str) -> None:
    name = normal_name(host)
    assert name is None or (name.isascii() and normal_name(name) == name)


def test_a_very_long_host_is_looked_at_no_further() -> None:
    assert not covers("shop.example.com", "ü." * 1_000_000)
