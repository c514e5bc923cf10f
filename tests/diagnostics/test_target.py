"""What is a target, what is none, and what it is called then."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from diagnostics.target import InvalidReason, InvalidTarget, Target, parse_target, without_credentials

HOSTS = [
    ("example.com", "example.com", 443),
    ("EXAMPLE.Com", "example.com", 443),  # DNS knows no case
    ("example.com.", "example.com", 443),  # the final dot is the root, not a label
    ("  example.com\n", "example.com", 443),  # a line as it comes from a file
    ("example.com:443", "example.com", 443),
    ("example.com:8443", "example.com", 8443),
    ("example.com:80", "example.com", 80),  # an explicit port counts
    ("example.com:65535", "example.com", 65535),
    ("https://example.com", "example.com", 443),
    ("http://example.com/", "example.com", 443),  # without a port, HTTPS is meant
    ("http://example.com:80/", "example.com", 80),
    ("HTTPS://EXAMPLE.COM:443/Path?q=1#part", "example.com", 443),
    ("https://example.com?next=@x:1", "example.com", 443),  # the query has no say
    ("https://example.com#@other.example:1", "example.com", 443),  # nor has the fragment
    ("https://example.com/a b\\c/[d]:99", "example.com", 443),  # nor the path
    ("example.com/cart", "example.com", 443),
    ("_dmarc.example.com", "_dmarc.example.com", 443),  # underscores are in DNS and in use
    ("r3---sn-abc.example.com", "r3---sn-abc.example.com", 443),  # hyphens in places that only IDNA minds
    ("-a-.example.com", "-a-.example.com", 443),  # DNS resolves it
    ("a" * 63 + ".example", "a" * 63 + ".example", 443),  # the longest label
    (".".join(["a" * 49] * 5) + ".abc", ".".join(["a" * 49] * 5) + ".abc", 443),  # the longest name: 253
    ("localhost", "localhost", 443),  # a host; whether it may be contacted is the guard's question
    ("münchen.example", "xn--mnchen-3ya.example", 443),
    ("MÜNCHEN.example", "xn--mnchen-3ya.example", 443),
    ("xn--mnchen-3ya.example", "xn--mnchen-3ya.example", 443),
    ("faß.example", "xn--fa-hia.example", 443),  # IDNA 2008; IDNA 2003 would go to fass.example
    ("βόλος.example", "xn--nxasmm1c.example", 443),  # likewise the final sigma
    ("日本語。ＪＰ", "xn--wgv71a119e.jp", 443),  # ideographic full stop, full-width letters
    ("☃.example", "xn--n3h.example", 443),  # IDNA 2008 has no symbols; browsers and registries do
    ("xn--n3h.example", "xn--n3h.example", 443),
    ("xn--i-7iq.example", "xn--i-7iq.example", 443),  # i❤, given out by registries under IDNA 2003
    ("XN--LS8H.example", "xn--ls8h.example", 443),  # 💩
    ("xn--fa-hia.example", "xn--fa-hia.example", 443),  # faß
    ("xn--p1b6ci4b4b3a.xn--11b5bs3a9aj6g", "xn--p1b6ci4b4b3a.xn--11b5bs3a9aj6g", 443),  # उदाहरण.परीक्षा
    ("xn--mgbh0fb.xn--kgbechtv", "xn--mgbh0fb.xn--kgbechtv", 443),  # مثال.إختبار
    ("exam\u00adple.com", "example.com", 443),  # a soft hyphen, which browsers ignore
    ("93.184.215.14", "93.184.215.14", 443),
    ("93.184.215.14:8443", "93.184.215.14", 8443),
    ("https://93.184.215.14/", "93.184.215.14", 443),
    ("[2606:4700::1111]", "2606:4700::1111", 443),
    ("[2606:4700::1111]:8443", "2606:4700::1111", 8443),
    ("https://[2606:4700:0:0::1111]/x", "2606:4700::1111", 443),
    ("2606:4700::1111", "2606:4700::1111", 443),
    ("2606:4700:0:0:0:0:0:1111", "2606:4700::1111", 443),
    ("2606:4700::ABCD:443", "2606:4700::abcd:443", 443),  # all of it is the address
]


@pytest.mark.parametrize(("text", "host", "port"), HOSTS)
def test_a_host_gets_its_normal_form(text: str, host: str, port: int) -> None:
    found = parse_target(text)

    assert isinstance(found, Target)
    assert (found.host, found.port) == (host, port)


LOOPBACK = [
    "127.0.0.1",
    "127.0.0.1.",  # final dot
    "127.1",  # short
    "127.0.1",
    "2130706433",  # decimal
    "0x7f000001",  # hexadecimal
    "0X7F.1",
    "0x7f.0x0.0x0.0x1",
    "0177.0.0.1",  # octal
    "017700000001",
    "00000177.0.0.01",  # many zeros
    "0x7f.0.1",  # mixed
    "１２７.0.0.1",  # full-width digits
    "①②⑦.⓪.⓪.①",  # enclosed digits
    "𝟏𝟐𝟕.𝟎.𝟎.𝟏",  # mathematical digits
    "127。0。0。1",  # ideographic full stop
    "127．0．0．1",  # full-width full stop
    "127｡0｡0｡1",  # half-width full stop
    "0ｘ7ｆ.1",  # full-width hexadecimal
    "12\u00ad7.0.0.1",  # a soft hyphen inside
]


@pytest.mark.parametrize("text", LOOPBACK)
def test_every_spelling_of_an_ipv4_address_is_that_address(text: str) -> None:
    for form in (text, f"https://{text}/", f"http://name@{text}:443/"):
        found = parse_target(form)

        assert isinstance(found, Target)
        assert (found.host, found.is_address) == ("127.0.0.1", True)


@pytest.mark.parametrize("text", ["[::ffff:127.0.0.1]", "::ffff:7f00:1", "[0:0:0:0:0:FFFF:7F00:0001]"])
def test_a_mapped_address_has_one_spelling(text: str) -> None:
    found = parse_target(text)

    assert isinstance(found, Target)
    assert (found.host, found.is_address) == ("::ffff:127.0.0.1", True)


def test_a_name_is_no_address() -> None:
    found = parse_target("127.0.0.1.example.com")

    assert isinstance(found, Target)
    assert not found.is_address


R = InvalidReason
NO_HOSTS = [
    ("", R.EMPTY),
    (" \t\n", R.EMPTY),
    ("https://", R.EMPTY),
    ("https:///example.com", R.EMPTY),
    ("//example.com/", R.EMPTY),
    ("https://@/", R.EMPTY),
    (":443", R.EMPTY),
    ("exam\tple.com", R.CONTROL_CHARACTER),  # urllib drops the tab
    ("https://127.0.\t0.1/", R.CONTROL_CHARACTER),
    ("example.com\nother.example", R.CONTROL_CHARACTER),
    ("example.com\r\nHost: other.example", R.CONTROL_CHARACTER),
    ("https://example.com/\nnext line", R.CONTROL_CHARACTER),  # it would break a log's line
    ("example.com\x00.other.example", R.CONTROL_CHARACTER),
    ("example.com\x1b[31m", R.CONTROL_CHARACTER),
    ("exam\x85ple.com", R.CONTROL_CHARACTER),  # next line, C1
    ("exam\u2028ple.com", R.CONTROL_CHARACTER),
    ("\ud800.com", R.CONTROL_CHARACTER),  # half of a surrogate pair
    ("exam ple.com", R.SPACE),
    ("example.com is down", R.SPACE),
    ("exam\u3000ple.com", R.SPACE),
    ("example.com: 443", R.SPACE),
    ("ftp://example.com/", R.SCHEME),
    ("gopher://example.com:443/", R.SCHEME),
    ("file:///etc/passwd", R.SCHEME),
    ("wss://example.com", R.SCHEME),
    ("https:example.com", R.SCHEME),
    ("http:/example.com", R.SCHEME),
    ("javascript:alert(1)", R.PORT),
    ("example.com:", R.PORT),
    ("https://example.com:/", R.PORT),
    ("example.com:0", R.PORT),
    ("example.com:65536", R.PORT),
    ("example.com:91337", R.PORT),
    ("example.com:-12", R.PORT),
    ("example.com:+443", R.PORT),
    ("example.com:007", R.PORT),
    ("example.com:0443", R.PORT),
    ("example.com:4_43", R.PORT),
    ("example.com:443:443", R.PORT),
    ("https://example.com:443:443/", R.PORT),
    ("example.com:https", R.PORT),
    ("example.com:0x1bb", R.PORT),
    ("example.com:٤٤٣", R.PORT),  # Arabic-Indic digits
    ("example.com:４４３", R.PORT),  # full-width digits
    ("example.com:" + "9" * 5000, R.PORT),
    ("[2606:4700::1111]:", R.PORT),
    ("jane@example.com", R.AT_SIGN),
    ("mailto:jane@example.com", R.AT_SIGN),
    ("name:secret@example.com", R.AT_SIGN),
    ("https:\\\\example.com", R.BACKSLASH),
    ("https://example.com\\@other.example/", R.BACKSLASH),  # readers disagree which host it is
    ("example.com\\path", R.BACKSLASH),
    ("*.example.com", R.WILDCARD),
    ("https://*.example.com:443/", R.WILDCARD),
    ("ex%61mple.com", R.PERCENT),
    ("127.0.0.1%00.example.com", R.PERCENT),
    ("127%2e0%2e0%2e1", R.PERCENT),
    ("fe80::1%eth0", R.PERCENT),  # a zone chooses one of our interfaces
    ("https://[fe80::1%25eth0]/", R.PERCENT),
    ("256.1.1.1", R.ADDRESS),
    ("1.2.3.4.5", R.ADDRESS),
    ("127.0.0.09", R.ADDRESS),  # 9 is no octal digit
    ("127.0.65536", R.ADDRESS),
    ("4294967296", R.ADDRESS),
    ("example.123", R.ADDRESS),  # a name that ends in a number is an address or nothing
    ("example.0x1f", R.ADDRESS),
    ("१२७.0.0.1", R.ADDRESS),  # Devanagari digits stay letters
    ("[127.0.0.1]", R.ADDRESS),
    ("[::1", R.ADDRESS),
    ("[::1]x", R.ADDRESS),
    ("[[::1]]", R.ADDRESS),
    ("[]", R.ADDRESS),
    ("[v1.fe80::a]", R.ADDRESS),  # IPvFuture
    ("[::ffff:127.0.0.01]", R.ADDRESS),
    ("[::１]", R.ADDRESS),
    (":::1", R.ADDRESS),
    ("1:2:3:4:5:6:7:8:9", R.ADDRESS),
    ("https://2606:4700::1111/", R.ADDRESS),  # a URL needs the brackets
    ("example..com", R.NAME),
    (".example.com", R.NAME),
    ("example.com..", R.NAME),
    (".", R.NAME),
    ("example。。com", R.NAME),
    ("exam!ple.com", R.NAME),
    ("<https://example.com>", R.NAME),
    ("example.com,", R.NAME),
    ("a℀b.com", R.NAME),  # becomes a/cb
    ("example.com／other.example", R.NAME),  # a full-width slash
    ("example.com：443", R.NAME),  # a full-width colon
    ("example.com＃.other.example", R.NAME),
    ("a⒈com", R.NAME),  # a digit with its own full stop
    ("a\u200db.com", R.NAME),  # a joiner where no script needs one
    ("1☃א.com", R.NAME),  # likewise with a symbol
    ("a<☃.com", R.NAME),
    ("xn--☃.com", R.NAME),  # half encoded, half not
    ("xn--.com", R.A_LABEL),  # stands for nothing
    ("www.xn--", R.A_LABEL),
    ("xn--abc-.com", R.A_LABEL),  # stands for abc, which needs no such form
    ("xn--zzzzzz.com", R.A_LABEL),  # ends in the middle of a character
    ("xn--a.com", R.A_LABEL),  # a control character
    ("xn--a-ecp.com", R.A_LABEL),  # a⒈, which would be written a1.
    ("xn--u-ccb.com", R.A_LABEL),  # ü in two characters, which is written in one
    ("xn--n3h-.com", R.A_LABEL),
    ("\u0338☃.com", R.NAME),  # starts with a mark that has nothing to stand on
    ("1א.com", R.NAME),  # a right-to-left label that starts with a digit
    ("a" * 64 + ".com", R.TOO_LONG),
    (".".join(["a" * 49] * 5) + ".abcd", R.TOO_LONG),  # 254
    ("ü" * 60 + ".com", R.TOO_LONG),  # 63 letters would fit, its A-label does not
    ("x" * 100_000, R.TOO_LONG),
    ("é." * 50_000, R.TOO_LONG),
    ("https://" + "a" * 100_000 + "/", R.TOO_LONG),
    ("/" * 100_000 + "@", R.EMPTY),
    ("@" * 100_000, R.AT_SIGN),
]


@pytest.mark.parametrize(("text", "reason"), NO_HOSTS)
def test_what_is_no_host_says_why(text: str, reason: InvalidReason) -> None:
    found = parse_target(text)

    assert isinstance(found, InvalidTarget)
    assert found.reason is reason


@pytest.mark.parametrize("reason", InvalidReason)
def test_every_reason_is_a_short_sentence(reason: InvalidReason) -> None:
    sentence = InvalidTarget("", reason).sentence

    assert sentence.endswith(".")
    assert len(sentence) < 100


DROPPED = [
    ("https://name:secret@example.com/x?y#z", "https://example.com/x?y#z"),
    ("http://secret@example.com", "http://example.com"),
    ("https://a@secret:b@example.com/", "https://example.com/"),
    ("https://name:secret@example.com:8443/a@b", "https://example.com:8443/a@b"),
    ("https://example.com/https://name:secret@other.example/", "https://example.com/https://…@other.example/"),
    ("https://example.com/?u=name:secret@other.example&v=@", "https://example.com/?u=…@other.example&v=@"),
]


@pytest.mark.parametrize(("text", "shown"), DROPPED)
def test_credentials_are_dropped(text: str, shown: str) -> None:
    found = parse_target(text)

    assert isinstance(found, Target)
    assert (found.text, found.host) == (shown, "example.com")


@pytest.mark.parametrize(
    "text",
    [
        "https://example.com/@name",  # a path as some sites have it
        "https://example.com/maps/@52.5,13.4,7z",
        "https://example.com/?mail=jane@example.org",
        "https://example.com/a:b/c@d",
    ],
)
def test_an_at_sign_elsewhere_is_shown_as_it_is(text: str) -> None:
    assert parse_target(text).text == text


@pytest.mark.parametrize(
    "text",
    [
        "ftp://name:secret@example.com/",
        "name:secret@example.com",
        "secret@example.com",
        "https:/name:secret@example.com",
        "https:\\\\name:secret@example.com",
        "https//name:secret@example.com",
        "https://name:secret@",
        "https://name:secret@exa mple.com",
        "https://name:sec/secret@example.com",  # the slash ends the authority
        "https://name:secret\n@example.com",
        "https://name:secret%40example.com",
        "https://name:secret＠example.com",
        "https://name:@secret@example.com:0",
        "ssh://name:secret@example.com",
    ],
)
def test_an_odd_text_shows_no_credentials_either(text: str) -> None:
    assert "secret" not in parse_target(text).text


def test_the_address_of_a_url_with_credentials_is_what_follows_the_last_at_sign() -> None:
    found = parse_target("https://www.example.com@127.0.0.1/")

    assert isinstance(found, Target)
    assert found.host == "127.0.0.1"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://name:secret@example.com/", "https://example.com/"),
        ("//name:secret@example.com/", "//example.com/"),
        ("/login?next=https://name:secret@example.com/", "/login?next=https://…@example.com/"),
        ("/@name", "/@name"),
        ("", ""),
    ],
)
def test_a_redirects_location_shows_no_credentials(url: str, shown: str) -> None:
    assert without_credentials(url) == shown


PIECES = st.sampled_from(
    [*"/:@.[]%#?\\* \t\n0179aAxXé①。．ß☃\u200b\u202e\ud800", "https://", "127.0.0.1", "::1", "xn--"]
)
TEXTS = st.text() | st.lists(PIECES, max_size=12).map("".join) | st.lists(PIECES).map(lambda p: "https://" + "".join(p))


@given(TEXTS)
@example("xn--a")
@example("\u0338a.example")
def test_any_text_is_a_sound_target_or_none(text: str) -> None:
    found = parse_target(text)

    if isinstance(found, Target):
        assert re.fullmatch("[a-z0-9_.:-]{1,253}", found.host)
        assert 1 <= found.port <= 65535
        assert parse_target(found.host) == Target(found.host, found.host)


@given(st.text(alphabet=st.characters(exclude_characters="@/?#"), min_size=1), st.text(max_size=5))
def test_what_stands_before_the_at_sign_of_a_url_is_never_shown(secret: str, tail: str) -> None:
    marked = f"{secret}S3cret"

    assert "S3cret" not in parse_target(f"https://name:{marked}@{tail}").text.replace(tail, "")
