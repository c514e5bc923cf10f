"""A Location is read the way browsers read it, whatever is in it."""

import string

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from diagnostics.location import read_location, read_url, shown_location

BASE = "https://shop.example.com/a/b?x=1"


def _from(location: str | None, base: str = BASE) -> str | None:
    link = read_url(base)
    assert link is not None
    found = read_location(location, base=link)
    return found.url if found is not None else None


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("https://www.example.com/", "https://www.example.com/"),
        ("https://www.example.com", "https://www.example.com/"),
        ("/home", "https://shop.example.com/home"),
        ("home", "https://shop.example.com/a/home"),  # relative to the folder
        ("../home", "https://shop.example.com/home"),
        ("../../../home", "https://shop.example.com/home"),  # there is nothing above the root
        ("./", "https://shop.example.com/a/"),
        ("%2e%2e/home", "https://shop.example.com/home"),  # escaped dots are dots
        ("?page=2", "https://shop.example.com/a/b?page=2"),
        ("#top", "https://shop.example.com/a/b?x=1"),  # the fragment never reaches the server
        ("/home#top", "https://shop.example.com/home"),
        ("//www.example.com/x", "https://www.example.com/x"),  # the scheme of the page
        ("///www.example.com/x", "https://www.example.com/x"),  # browsers skip what is too much
        ("https:///www.example.com", "https://www.example.com/"),
        ("https:////www.example.com", "https://www.example.com/"),
        ("https:/home", "https://shop.example.com/home"),  # the page's own scheme: relative
        ("https:home", "https://shop.example.com/a/home"),
        ("http:/www.example.com", "http://www.example.com/"),  # another scheme: a host
        ("http:www.example.com", "http://www.example.com/"),
        (r"https:\\www.example.com\x", "https://www.example.com/x"),
        (r"\\www.example.com\x", "https://www.example.com/x"),
        (r"/\www.example.com", "https://www.example.com/"),
        (r"\home\x", "https://shop.example.com/home/x"),
        ("HTTPS://WWW.Example.COM/A", "https://www.example.com/A"),
        ("https://www.example.com:443/", "https://www.example.com/"),
        ("https://www.example.com:/", "https://www.example.com/"),
        ("https://www.example.com:0443/", "https://www.example.com/"),
        ("https://www.example.com:8443/", "https://www.example.com:8443/"),
        ("http://www.example.com:443/", "http://www.example.com:443/"),
        ("https://user:secret@www.example.com/x", "https://www.example.com/x"),
        ("https://a@b@www.example.com/", "https://www.example.com/"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://ex%61mple.com/", "https://example.com/"),
        ("https://[2001:db8::1]/", "https://[2001:db8::1]/"),
        ("https://127.1/", "https://127.0.0.1/"),
        ("/café", "https://shop.example.com/caf%C3%A9"),
        ("/a b", "https://shop.example.com/a%20b"),
        ("  /home \t", "https://shop.example.com/home"),
        ("/ho\tme", "https://shop.example.com/home"),  # dropped wherever it is
        ("/\x01x", "https://shop.example.com/%01x"),  # other control characters are escaped in a path
        ("/a%2Fb?u=https://u:p@h/", "https://shop.example.com/a%2Fb?u=https://u:p@h/"),
        ("/?", "https://shop.example.com/?"),
    ],
)  # fmt: skip
def test_a_browser_would_go_there(location: str, expected: str) -> None:
    assert _from(location) == expected


@pytest.mark.parametrize(
    "location",
    [
        None,
        "",
        "   ",
        "https:///",  # no host at all
        "https://",
        "//",
        "http:",
        "https://user:secret@/",
        "https://:443/",
        "https://www.example.com:65536/",
        "https://www.example.com:0/",
        "https://www.example.com:https/",
        "https://www exa mple.com/",
        "https://exa<mple.com/",
        "https://a%2Fb.example/",  # a slash in a host, even escaped
        "https://ex\x01ample.com/",
        "https://[2001:db8::1/",
        "https://1.2.3.4.5/",
        "ftp://example.com/",
        "javascript:alert(1)",
        "data:text/html,x",
        "mailto:a@example.com",
        "shopapp://open",
        "file:///etc/passwd",
    ],
)
def test_a_browser_would_not_follow_it(location: str | None) -> None:
    assert _from(location) is None


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("https://u:secret@a.example/x", "https://a.example/x"),
        ("//u:secret@a.example/x", "//a.example/x"),
        ("https:///secret@a.example/x", "https://a.example/x"),
        ("https:/secret@a.example/x", "https://a.example/x"),
        (r"\\secret@a.example", "//a.example"),
        ("ht\ttps://secret@a.example/", "https://a.example/"),
        ("/x?u=https://u:secret@h/", "/x?u=https://…@h/"),
        ("https://a.example/@name", "https://a.example/@name"),
        ("/plain", "/plain"),
        (None, None),
    ],
)
def test_credentials_are_not_shown(location: str | None, expected: str | None) -> None:
    assert shown_location(location) == expected


_PIECES = st.sampled_from(
    [
        "https:",
        "http:",
        "//",
        "/",
        "\\",
        "@",
        ":",
        "?",
        "#",
        "[",
        "]",
        "%2e",
        "..",
        "a.example",
        "443",
        "\t",
        "\x00",
        "é",
    ]
)
_LOCATIONS = st.text() | st.lists(_PIECES).map("".join) | st.text(alphabet=string.printable)


@given(_LOCATIONS, st.sampled_from(["https://shop.example.com/", "http://[2001:db8::1]:8443/a?b"]))
@example("https://a.example/\udcff", "https://shop.example.com/")
def test_anything_is_read_or_refused_and_what_is_read_can_be_asked(location: str, base: str) -> None:
    start = read_url(base)
    assert start is not None
    link = read_location(location, base=start)
    if link is not None:
        assert all(0x21 <= ord(character) < 0x7F for character in link.url)
        assert 1 <= link.target.port <= 65535
        assert httpx.URL(link.url).host
        assert read_url(link.url) == link  # what is in normal form stays so


@given(_LOCATIONS)
def test_anything_can_be_shown(location: str) -> None:
    shown_location(location)


@given(
    st.sampled_from(["https://", "//", "https:///", "http:/", "\\\\", "/\\"]),
    st.from_regex("[a-z]{3,9}", fullmatch=True),
)
def test_a_secret_before_the_host_is_never_shown(start: str, secret: str) -> None:
    shown = shown_location(f"{start}{secret}zz9:{secret}zz9@a.example/x")
    assert f"{secret}zz9" not in (shown or f"{secret}zz9")
