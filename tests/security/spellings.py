"""Ways to name a target, and what each has to end in: a table, judged by hand and by no code of ours."""

import ipaddress
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from tests.security import further_spellings as further


class Outcome(StrEnum):
    """What becomes of a target before anything is sent."""

    INVALID = "invalid"  # it names no target
    FORBIDDEN = "forbidden"  # it names one that may not be contacted
    LOOKED_AT = "looked at"  # it names a public one: a name is looked up, an address contacted


X, F, L = Outcome.INVALID, Outcome.FORBIDDEN, Outcome.LOOKED_AT


@dataclass(frozen=True, slots=True)
class Spelling:
    """One text that somebody may type, with its outcome."""

    group: str
    text: str
    outcome: Outcome


def spellings() -> tuple[Spelling, ...]:
    """The whole table, each text once; ValueError where it contradicts itself."""
    rows = [
        *(Spelling("IPv4 written in other ways", text, outcome) for text, outcome in _ipv4()),
        *(Spelling("IPv6, and IPv4 within it", text, outcome) for text, outcome in _ipv6()),
        *(Spelling(group, text, outcome) for group, table in _TABLES.items() for text, outcome in table),
        *(
            Spelling(group, text, outcome)
            for outcome, groups in _FURTHER.items()
            for group, texts in groups.items()
            for text in texts
        ),
    ]
    once: dict[str, Spelling] = {}
    for row in rows:
        if once.setdefault(row.text, row).outcome is not row.outcome:
            raise ValueError(f"{row.text!r} has two outcomes")
    return tuple(once.values())


_NOT_PUBLIC = (
    "0.0.0.0",  # this machine, to Linux
    "10.0.0.1",
    "100.100.100.200",  # Alibaba's metadata
    "127.0.0.1",
    "168.63.129.16",  # Azure's WireServer
    "169.254.169.254",  # nearly everyone's metadata
    "172.16.0.1",
    "192.168.1.1",
    "224.0.0.1",
    "255.255.255.255",
)
_PUBLIC = ("8.8.8.8", "93.184.215.14", "9.9.9.9")

_ENCLOSED = str.maketrans("0123456789", "⓪①②③④⑤⑥⑦⑧⑨")
_FULL_WIDTH = str.maketrans("0123456789.", "０１２３４５６７８９．")
_MATHEMATICAL = str.maketrans("0123456789", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗")
_SANS = str.maketrans("0123456789", "𝟢𝟣𝟤𝟥𝟦𝟧𝟨𝟩𝟪𝟫")
_MONOSPACE = str.maketrans("0123456789", "𝟶𝟷𝟸𝟹𝟺𝟻𝟼𝟽𝟾𝟿")
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_SUBSCRIPT = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def _octets(ip: str) -> list[int]:
    return [int(part) for part in ip.split(".")]


def _value(ip: str) -> int:
    return int(ipaddress.IPv4Address(ip))


# Each of these is read as the address by some browser, library or system call (WHATWG URL §3.5, inet_aton, UTS 46).
_WRITERS: tuple[Callable[[str], str], ...] = (
    lambda ip: ip,
    lambda ip: f"{ip}.",
    lambda ip: str(_value(ip)),
    lambda ip: hex(_value(ip)),
    lambda ip: hex(_value(ip)).upper(),
    lambda ip: f"0x{_value(ip):016x}",
    lambda ip: f"0{_value(ip):o}",
    lambda ip: f"{_value(ip)}.",
    lambda ip: ".".join(hex(octet) for octet in _octets(ip)),
    lambda ip: ".".join(f"0{octet:o}" for octet in _octets(ip)),
    lambda ip: ".".join(f"000{octet:04o}" for octet in _octets(ip)),
    lambda ip: f"{_octets(ip)[0]}.{_value(ip) & 0xFFFFFF}",
    lambda ip: f"{_octets(ip)[0]}.{_octets(ip)[1]}.{_value(ip) & 0xFFFF}",
    lambda ip: f"{hex(_octets(ip)[0])}.{_value(ip) & 0xFFFFFF}",
    lambda ip: f"0{_octets(ip)[0]:o}.{hex(_octets(ip)[1])}.{_value(ip) & 0xFFFF}",
    lambda ip: ip.translate(_ENCLOSED),
    lambda ip: ip.translate(_FULL_WIDTH),
    lambda ip: ip.translate(_MATHEMATICAL),
    lambda ip: ip.translate(_SANS),
    lambda ip: ip.translate(_MONOSPACE),
    lambda ip: ip.translate(_SUPERSCRIPT),
    lambda ip: ip.translate(_SUBSCRIPT),
    lambda ip: ip.replace(".", "。"),
    lambda ip: ip.replace(".", "｡"),
    lambda ip: ip.replace(".", "．", 1),
    lambda ip: "\u00ad".join(ip),  # soft hyphens, which are dropped
    lambda ip: "\u200b".join(ip),  # zero-width spaces
    lambda ip: f"{ip}\u2060",
    lambda ip: "\ufe0f".join(ip),  # variation selectors
    lambda ip: hex(_value(ip)).replace("x", "ｘ"),
    lambda ip: f"HTTP://{ip}",
    lambda ip: f"https://{ip}:443/path?query#fragment",
    lambda ip: f"http://{_value(ip)}/",
    lambda ip: f"https://www.example.com@{ip}/",
    lambda ip: f"https://www.example.com:443@{hex(_value(ip))}:8443",
    lambda ip: f"  {ip}\t",
)


def _ipv4() -> Iterator[tuple[str, Outcome]]:
    for ips, outcome in ((_NOT_PUBLIC, F), (_PUBLIC, L)):
        for ip in ips:
            for write in _WRITERS:
                yield write(ip), outcome


def _ipv6() -> Iterator[tuple[str, Outcome]]:
    for ip in (*_NOT_PUBLIC, *_PUBLIC):
        value = _value(ip)
        high, low = divmod(value, 1 << 16)
        inverted = value ^ 0xFFFFFFFF
        # What is embedded is not public even where the IPv4 address is: nobody's site is at such an address.
        yield f"[::{ip}]", F
        yield f"[::ffff:{ip}]", F
        yield f"::FFFF:{high:x}:{low:x}", F
        yield f"https://[0:0:0:0:0:ffff:{high:04X}:{low:04X}]/", F
        yield f"[::ffff:0:{ip}]", F
        yield f"[64:ff9b::{ip}]", F
        yield f"[64:ff9b:0:0::{high:x}:{low:x}]:443", F
        yield f"[64:ff9b:1::{ip}]", F
        yield f"[2002:{high:x}:{low:x}::1]", F
        yield f"[2001:0:{high:x}:{low:x}::]", F
        yield f"[2001::{inverted >> 16:x}:{inverted & 0xFFFF:x}]", F
    yield from _IPV6


_IPV6 = (
    ("::1", F),
    ("[::1]", F),
    ("[::1]:8443", F),
    ("[0:0:0:0:0:0:0:1]", F),
    ("[0000:0000:0000:0000:0000:0000:0000:0001]", F),
    ("https://[::0001]/", F),
    ("https://name:secret@[::1]/", F),
    ("::", F),
    ("[::]", F),
    ("[::2]", F),
    ("fe80::1", F),
    ("[FE80::1]", F),
    ("[febf:ffff::1]", F),
    ("[fec0::1]", F),
    ("[fc00::1]", F),
    ("[fd00:ec2::254]", F),  # AWS
    ("[fd20:ce::254]", F),  # Google
    ("[ff02::1]", F),
    ("[ff0e::1]", F),
    ("[2001:db8::1]", F),
    ("[2001:10::1]", F),
    ("[2001:20::1]", F),
    ("[3fff::1]", F),
    ("[5f00::1]", F),
    ("[100::1]", F),
    ("[4000::1]", F),
    ("[1::1]", F),
    ("[2620:4f:8000::1]", F),
    ("2606:4700::1111", L),
    ("[2606:4700::1111]", L),
    ("[2606:4700:0000:0000:0000:0000:0000:1111]:443", L),
    ("https://[2A00:1450:4001::1]/path", L),
    ("[2001:4860:4860::8888]", L),
    ("[2001:200::1]", L),  # just above the block of protocol assignments
    ("[fe80::1%eth0]", X),  # a zone would choose one of our interfaces
    ("[fe80::1%25eth0]", X),
    ("fe80::1%1", X),
    ("[2606:4700::1111%lo]", X),
    ("[::1%0]", X),
    ("[::1", X),
    ("::1]", X),
    ("[[::1]]", X),
    ("[]", X),
    ("[:]", X),
    ("[:::]", X),
    ("[::1]]", X),
    ("[::1].example.com", X),
    ("[::1]443", X),
    ("[::1]:", X),
    ("[::1]:0", X),
    ("[127.0.0.1]", X),
    ("[example.com]", X),
    ("[::127.1]", X),
    ("[::ffff:127.0.0.01]", X),
    ("[::ffff:0x7f.0.0.1]", X),
    ("[::ffff:2130706433]", X),
    ("[12345::1]", X),
    ("[1:2:3:4:5:6:7:8:9]", X),
    ("[1::2::3]", X),
    ("[v1.fe80::a]", X),  # IPvFuture
    ("[::１]", X),
    ("[::①]", X),
    ("https://::1/", X),  # a URL needs the brackets
    ("https://2606:4700::1111:443/", X),
    ("https://[::1]@/", X),
)

_IPV4_ODDITIES = (
    ("0", F),
    ("0x", F),  # zero, to browsers
    ("0.0", F),
    ("0x0.0x0", F),
    ("00", F),
    ("127.1:8443", F),
    ("127.65535", F),
    ("127.0xffff", F),
    ("127.0.0.0377", F),
    ("017700000001:443", F),
    ("0x7F.1", F),
    ("4294967295", F),
    ("169.254.43518", F),
    ("0xa9fea9fe", F),
    ("0251.0376.0251.0376", F),
    ("2852039166", F),
    ("192.168.257", F),
    ("3232235777", F),
    ("0300.0250.1.1", F),
    ("134744072", L),
    ("010.8.8.8", L),  # octal: 8.8.8.8
    ("08.8.8.8", X),  # 8 is no octal digit
    ("4294967296", X),
    ("0x100000000", X),
    ("040000000000", X),
    ("18446744073709551617", X),  # 1, to what counts in 64 bits
    ("2130706433.0", X),
    ("256.0.0.1", X),
    ("127.256.1", X),
    ("127.0.65536", X),
    ("127.16777216", X),
    ("127.0.0.1.1", X),
    ("127.0.0.-1", L),  # a name whose last label is -1, which DNS will not know
    ("-127.0.0.1", X),
    ("+127.0.0.1", X),
    ("127.0.0.1..", X),
    (".127.0.0.1", X),
    ("127..0.1", X),
    ("127.0.0.0x7g", L),  # no number, so the last label of a name; no such TLD can exist, as DNS will say
    ("127.0.0.0x", F),
    ("127.0.0.08", X),
    ("127.0.0.1e0", L),  # likewise a name
    ("example.1", X),
    ("example.0x7f", X),
    ("foo.0", X),
    ("1.2.3.4.example.com", L),
    ("127.0.0.1.example.com", L),
    ("0x7f000001.example.com", L),
    ("2130706433.example.com", L),
    ("١٢٧.٠.٠.١", X),  # Arabic-Indic: letters of a number's kind, which no label may consist of
    ("१२७.०.०.१", L),  # Devanagari: digits of a name, to IDNA; nobody reads them as 127.0.0.1 here
    ("127.0.0.1%00", X),
    ("127.0.0.1\u0000", X),
    ("127.0.0.1%0a", X),
    ("127.0.0.1 example.com", X),
    ("127.0.0.1,example.com", X),
    ("127.0.0.1;example.com", X),
    ("127.0.0.1/8", F),  # a path of one digit
    ("127．0。0｡1", F),
    ("⑫⑦.0.0.1", F),  # a sign that is two digits
    ("𝟏27.0.0.1", F),
    ("1²7.0.0.1", F),
    ("1️27.0.0.1", F),  # a keycap's variation selector
    ("127.0.0.1⃣", L),  # a keycap: no digit any more, and so a name
    ("⒈27.0.0.1", X),  # a digit with a full stop of its own
    ("127⒈0.1", X),
    ("127․0․0․1", X),  # one-dot leaders, which pass for full stops and are none of IDNA's
    ("127·0·0·1", X),  # middle dots, which are none
    ("½.0.0.1", X),
    ("1\u200d27.0.0.1", X),
)

_NAMES_INSIDE = (
    ("localhost", F),
    ("LOCALHOST", F),
    ("LocalHost.", F),
    ("localhost:443", F),
    ("http://localhost/", F),
    ("https://name:secret@localhost:8443/path", F),
    ("a.localhost", F),
    ("www.example.com.localhost", F),
    ("localhost.localdomain", L),  # ordinary, if useless: no suffix of ours, and its address is judged
    ("ｌｏｃａｌｈｏｓｔ", F),
    ("ⓛⓞⓒⓐⓛⓗⓞⓢⓣ", F),
    ("𝓵𝓸𝓬𝓪𝓵𝓱𝓸𝓼𝓽", F),
    ("𝕝ocalhost", F),
    ("ˡocalhost", F),
    ("localhoſt", F),  # the long s is an s
    ("ʟocalhost", F),  # a small capital stays a letter of its own, and a single label
    ("lοcalhost", F),  # with a Greek o: another name, and a single label
    ("loc\u00adalhost", F),
    ("loc\u200balhost", F),
    ("localhost\ufeff", F),
    ("localhost。", F),
    ("printer", F),
    ("intranet", F),
    ("wiki:8443", F),
    ("https://router/", F),
    ("xn--mnchen-3ya", F),
    ("münchen", F),
    ("com", F),
    ("a" * 63, F),
    ("_gateway", F),
    ("nas.local", F),
    ("NAS.LOCAL", F),
    ("nas.local.", F),
    ("nas。local", F),
    ("nas．ｌｏｃａｌ", F),
    ("_http._tcp.local", F),
    ("local", F),
    ("db.internal", F),
    ("db.Internal", F),
    ("a.b.c.internal.", F),
    ("ip-10-0-0-1.ec2.internal", F),
    ("ⓘⓝⓣⓔⓡⓝⓐⓛ", F),
    ("db.𝖎𝖓𝖙𝖊𝖗𝖓𝖆𝖑", F),
    ("router.home.arpa", F),
    ("Router.Home.ARPA.", F),
    ("home.arpa", F),
    ("router。home。arpa", F),
    ("facebookwkhpilnemxj7asaniu7vnjjbiltxjqhye3mhbshg7kx5tfyd.onion", F),
    ("x.ONION", F),
    ("x.alt", F),
    ("x.invalid", F),
    ("x.INVALID.", F),
    ("metadata", F),
    ("metadata.google.internal", F),
    ("METADATA.GOOGLE.INTERNAL.", F),
    ("http://metadata.google.internal/computeMetadata/v1/", F),
    ("metadata.goog", F),
    ("Metadata。Goog", F),
    ("a.metadata.goog", F),
    ("metadata.tencentyun.com", F),
    ("http://metadata.tencentyun.com/latest/meta-data", F),
    ("instance-data.ec2.internal", F),
    ("metadata.platformequinix.com", F),
    ("metadata.packet.net", F),
    ("api.metadata.cloud.ibm.com", F),
    ("mymetadata.goog", L),
    ("metadata.goog.example.com", L),
    ("metadata.google.com", L),
    ("tencentyun.com", L),
    ("local.example.com", L),
    ("localhost.example.com", L),
    ("internal.example.com", L),
    ("onion.example", L),
    ("notlocal", F),
    ("not-local.net", L),
    ("example.locals", L),
    ("example.internals", L),
    ("xhome.arpa", L),
    ("in-addr.arpa", L),
    ("1.0.0.127.in-addr.arpa", L),
    ("db.ınternal", L),  # with a dotless i, so another name
    ("nas.lοcal", L),  # with a Greek o, likewise
    ("127.0.0.1.nip.io", L),  # a name like any other; its address is judged when DNS has told it
    ("7f000001.nip.io", L),
    ("app.10.0.0.1.nip.io", L),
    ("169-254-169-254.sslip.io", L),
    ("localtest.me", L),
    ("lvh.me", L),
    ("spoofed.burpcollaborator.net", L),
    ("customer1.app.localhost.my.company.127.0.0.1.nip.io", L),
)

_CREDENTIALS = (
    ("https://name:secret@example.com/", L),
    ("https://name@example.com", L),
    ("https://:secret@example.com", L),
    ("https://@example.com/", L),
    ("https://name:se@cret@example.com/", L),
    ("https://127.0.0.1@example.com/", L),
    ("https://127.0.0.1:443@example.com/", L),
    ("https://[::1]@example.com/", L),
    ("https://example.com@127.0.0.1/", F),
    ("https://example.com:443@localhost/", F),
    ("https://example.com%40127.0.0.1/", X),
    ("https://example.com＠127.0.0.1/", X),
    ("https://example.com@169.254.169.254:80/", F),
    ("https://example.com/@127.0.0.1", L),  # a path
    ("https://example.com?@127.0.0.1", L),  # a query
    ("https://example.com#@127.0.0.1", L),  # a fragment
    ("https://127.0.0.1#@example.com", F),
    ("https://127.0.0.1?@example.com", F),
    ("https://127.0.0.1/@example.com", F),
    ("https://127.0.0.1\\@example.com", X),
    ("https://example.com\\@127.0.0.1", X),
    ("https://name:secret@", X),
    ("name:secret@example.com", X),
    ("name@example.com", X),
    ("name@127.0.0.1", X),
    ("mailto:name@example.com", X),
    ("@example.com", X),
    ("@", X),
    ("@@", X),
    ("//name@example.com", X),
)

_HIDDEN = (
    ("exam\tple.com", X),
    ("exam\nple.com", X),
    ("exam\rple.com", X),
    ("https://127.0.\t0.1/", X),
    ("https://127.0.\n0.1/", X),
    ("https://exa\tmple.com@127.0.0.1", X),
    ("https:/\t/example.com", X),
    ("ht\ntps://example.com", X),
    ("example.com\r\nHost: 127.0.0.1", X),
    ("example.com/\r\nX: y", X),
    ("example.com\x00", X),
    ("example.com\x00.localhost", X),
    ("example.com\x1b[31m", X),
    ("example.com\x07", X),
    ("example.com\x7f", X),
    ("example.com\x9b31m", X),
    ("exam\u2028ple.com", X),
    ("exam\u2029ple.com", X),
    ("\ud800.example", X),
    ("exam\udfffple.com", X),
    ("exam\u202eple.com", X),
    ("moc.elpmaxe\u202d", X),
    ("exam\u2066ple.com", X),
    ("a\u200eb.example", X),
    ("exam ple.com", X),
    ("example.com other.example", X),
    ("exam\u00a0ple.com", X),
    ("exam\u3000ple.com", X),
    ("exam\u2003ple.com", X),
    ("exam\u1680ple.com", X),
    ("https://exam ple.com/", X),
    ("https:// example.com/", X),
    ("example.com :443", X),
    ("example.com: 443", X),
    ("a\u200cb.example", X),
    ("a\u200db.example", X),
    ("exam\u2060ple.com", L),  # ignored, as browsers do
    ("exam\u200bple.com", L),
    ("exam\u00adple.com", L),
    ("\ufeffexample.com", L),
    ("\texample.com\n", L),
    ("\u3000example.com\u3000", L),
    ("", X),
    (" ", X),
    ("\n\n", X),
    (".", X),
    ("..", X),
    ("。", X),
    ("-", F),  # a single label, if an odd one
    ("_", F),
)

_PERCENT = (
    ("ex%61mple.com", X),
    ("https://ex%61mple.com/", X),
    ("%6c%6f%63%61%6c%68%6f%73%74", X),
    ("127%2e0%2e0%2e1", X),
    ("127.0.0.1%2f@example.com", X),
    ("https://127.0.0.1%2f.example.com/", X),
    ("https://example.com%2f@127.0.0.1/", F),  # all before the at sign is a user name
    ("https://example.com%00.localhost/", X),
    ("https://example.com%23@127.0.0.1/", F),
    ("https://%31%32%37.0.0.1/", X),
    ("%E3%80%82", X),
    ("https://example.com%3a443/", X),
    ("https://example.com:%34%34%33/", X),
    ("https://example.com/%0d%0aHost:%20x", L),  # a path is not sent anywhere
    ("https://example.com/%2e%2e/", L),
    ("&#49;27.0.0.1", X),
    ("\\u0031", X),
)

_SHAPES = (
    ("https://example.com/a\\b", L),
    ("https:\\\\example.com", X),
    ("https:\\\\127.0.0.1", X),
    ("https:/\\127.0.0.1", X),
    ("\\\\example.com\\share", X),
    ("example.com\\", X),
    ("example.com\\.localhost", X),
    ("https:example.com", X),
    ("https:/example.com", X),
    ("https:///example.com", X),
    ("https:////127.0.0.1", X),
    ("//example.com", X),
    ("//127.0.0.1/", X),
    ("///", X),
    ("https://", X),
    ("https://?", X),
    ("https://#", X),
    ("https://:443", X),
    ("https://https://example.com", X),
    ("https://http:example.com", X),
    ("http://127.0.0.1:80:443/", X),
    ("<https://example.com>", X),
    ("<https://example.com|example.com>", X),
    ('"example.com"', X),
    ("'example.com'", X),
    ("`example.com`", X),
    ("(example.com)", X),
    ("{example.com}", X),
    ("example.com,", X),
    ("example.com;", X),
    ("example.com!", X),
    ("example.com&", X),
    ("example.com|id", X),
    ("example.com$(id)", X),
    ("${jndi:ldap://127.0.0.1/a}", X),
    ("{{7*7}}", X),
    ("%(host)s", X),
    ("--help", F),  # a single label; the command line has its own word for it
    ("-oProxyCommand=x", X),
    ("*", X),
    ("*.example.com", X),
    ("www.*.com", X),
    ("example..com", X),
    (".example.com", X),
    ("example.com..", X),
    ("example。。com", X),
    ("exam<ple.com", X),
    ("exam^ple.com", X),
    ("exam[ple.com", X),
    ("exam~ple.com", X),
    ("a℀b.com", X),
    ("example.com／.localhost", X),
    ("example.com？.localhost", X),
    ("example.com＃.localhost", X),
    ("example.com：443", X),
    ("example.com＼x", X),
    ("example.com⁄x.localhost", F),  # a fraction slash is a letter to nobody and looked up by nobody
    ("a" * 64 + ".com", X),
    ("a" * 63 + ".com", L),
    (("a" * 49 + ".") * 5 + "abc", L),  # 253
    (("a" * 49 + ".") * 5 + "abcd", X),  # 254
    (("a" * 49 + ".") * 5 + "abc.", L),  # the final dot does not count
    ("a." * 126 + "a", L),  # 127 labels
    ("a." * 127 + "a", X),
    ("ü" * 60 + ".example", X),
    ("x" * 100_000, X),
    ("x." * 50_000, X),
    ("https://" + "x" * 100_000 + "@example.com/", L),
    ("https://example.com/" + "x" * 100_000, L),
)

_PORTS = (
    ("example.com:443", L),
    ("example.com:80", L),
    ("example.com:8443", L),
    ("https://example.com:443", L),
    ("http://example.com:443/", L),
    ("http://example.com:80/", L),
    ("example.com:1", F),
    ("example.com:22", F),
    ("example.com:25", F),
    ("example.com:6379", F),
    ("example.com:8080", F),
    ("example.com:65535", F),
    ("https://8.8.8.8:53/", F),
    ("https://[2606:4700::1111]:22/", F),
    ("example.com:0", X),
    ("example.com:00", X),
    ("example.com:65536", X),
    ("example.com:65979", X),  # 443 in 16 bits
    ("example.com:4294967739", X),  # 443 in 32 bits
    ("example.com:-443", X),
    ("example.com:+443", X),
    ("example.com:0443", X),
    ("example.com:0x1bb", X),
    ("example.com:443.0", X),
    ("example.com:4e2", X),
    ("example.com:4_4_3", X),
    ("example.com:٤٤٣", X),
    ("example.com:４４３", X),
    ("example.com:④④③", X),
    ("example.com:https", X),
    ("example.com:", X),
    ("https://example.com:/", X),
    ("example.com:443:443", X),
    ("example.com:443@127.0.0.1", X),
    ("example.com:" + "4" * 5000, X),
    ("https://example.com:443a/", X),
    ("https://example.com:443\\x", X),
)

_SCHEMES = tuple(
    (text, X)
    for text in (
        "ftp://example.com/",
        "file:///etc/passwd",
        "file://localhost/etc/passwd",
        "gopher://127.0.0.1:6379/_INFO",
        "dict://127.0.0.1:11211/stats",
        "ldap://127.0.0.1/",
        "ldaps://example.com/",
        "sftp://example.com/",
        "ssh://example.com",
        "tftp://example.com/x",
        "ws://example.com/",
        "wss://example.com/",
        "jar:https://example.com!/",
        "data:text/html,x",
        "javascript:alert(1)",
        "vbscript:x",
        "view-source:https://example.com",
        "about:blank",
        "chrome://settings",
        "blob:https://example.com/x",
        "unix:///var/run/docker.sock",
        "http+unix://%2Fvar%2Frun%2Fdocker.sock/",
        "httpss://example.com",
        "hxxps://example.com",
        "https+x://example.com",
        "smb://example.com/share",
        "netdoc:///etc/passwd",
        "mailto:name@example.com",
        "tel:+123",
    )
)

_LEGITIMATE = (
    ("example.com", L),
    ("EXAMPLE.COM", L),
    ("example.com.", L),
    ("www.example.co.uk", L),
    ("https://example.com", L),
    ("HTTPS://Example.COM/Path?q=1#f", L),
    ("http://example.com/", L),
    ("https://example.com?q", L),
    ("https://example.com#f", L),
    ("example.com/path/to/page", L),
    ("example.com?x=https://127.0.0.1/", L),
    ("https://example.com/https://127.0.0.1/", L),
    ("münchen.example", L),
    ("MÜNCHEN.Example", L),
    ("xn--mnchen-3ya.example", L),
    ("XN--MNCHEN-3YA.EXAMPLE", L),
    ("faß.example", L),  # IDNA 2008: a name of its own
    ("βόλος.example", L),
    ("日本語.jp", L),
    ("日本語。ＪＰ", L),
    ("한국.example", L),
    ("пример.рф", L),
    ("مثال.إختبار", L),
    ("उदाहरण.परीक्षा", L),
    ("ไทย.example", L),
    ("☃.example", L),
    ("💩.la", L),
    ("xn--ls8h.la", L),
    ("a.b.c.d.e.f.example", L),
    ("1.example", L),
    ("123.example", L),
    ("0x7f.example", L),
    ("1-2-3.example.com", L),
    ("_dmarc.example.com", L),
    ("r3---sn-abc.example.com", L),
    ("xn--n3h.example", L),
    ("ec2-93-184-215-14.compute-1.amazonaws.com", L),
    ("example.museum", L),
    ("example.zip", L),
    ("نامه‌ای.com", L),  # a joiner where Persian needs one
    ("ශ්‍රී.com", L),
)

_TABLES = {
    "IPv4, oddities": _IPV4_ODDITIES,
    "names for the inside": _NAMES_INSIDE,
    "credentials": _CREDENTIALS,
    "hidden characters": _HIDDEN,
    "percent encoding": _PERCENT,
    "shapes and lengths": _SHAPES,
    "ports": _PORTS,
    "other schemes": _SCHEMES,
    "legitimate": _LEGITIMATE,
}
_FURTHER = {F: further.FORBIDDEN, X: further.INVALID, L: further.LOOKED_AT}
