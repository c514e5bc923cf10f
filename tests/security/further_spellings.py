"""More ways to name a target, by what each has to end in: found by attacking what the first table had left standing."""

import ipaddress
from collections.abc import Iterator, Mapping

_INSIDE = ("127.0.0.1", "10.0.0.1", "169.254.169.254")
_DIGITS = "0123456789"
# Digits that UTS 46 reads as digits, by the first of each ten; the newest are of Unicode 16.
_TENS = {"double-struck": 0x1D7D8, "sans bold": 0x1D7EC, "segmented": 0x1FBF0, "outlined": 0x1CCF0}


def _full_width(text: str) -> str:
    return "".join(chr(ord(character) + 0xFEE0) for character in text)


def _embeddings(ip: str) -> Iterator[str]:
    value = int(ipaddress.IPv4Address(ip))
    high, low = divmod(value, 1 << 16)
    inverse_high, inverse_low = divmod(value ^ 0xFFFFFFFF, 1 << 16)
    yield f"[0:0:0:0:0:FFFF:{ip}]"
    yield f"[0000:0000:0000:0000:0000:ffff:{high:04x}:{low:04x}]:8443"
    yield f"https://u:p@[::ffff:{ip}]/"
    yield f"http://[::ffff:{high:x}:{low:x}]:80/"
    yield f"[::{high:x}:{low:x}]"  # compatible
    yield f"[0:0:0:0:0:0:{ip}]"
    yield f"[::FFFF:0:{high:X}:{low:X}]"  # translated
    yield f"[64:FF9B::{ip}]"
    yield f"[0064:ff9b:0000:0000:0000:0000:{high:04x}:{low:04x}]"
    yield f"[64:ff9b:1:{high:x}:{low >> 8:x}:{(low & 255) << 8:x}::]"  # RFC 6052's /48
    yield f"[64:ff9b:1:abcd:{value >> 24:x}:{value >> 8 & 0xFFFF:x}:{(value & 255) << 8:x}:0]"  # its /64
    yield f"[64:ff9b:1:ffff:ffff:ffff:{ip}]"  # its /96
    yield f"[2002:{high:x}:{low:x}::]"
    yield f"[2002:{high:x}:{low:x}:ffff:ffff:ffff:ffff:ffff]"
    yield f"[2001:0:{high:x}:{low:x}:8000:63bf:3fff:fdd2]"  # Teredo's server
    yield f"[2001:0000:4136:e378:8000:63bf:{inverse_high:x}:{inverse_low:x}]"  # Teredo's client
    yield f"[2606:4700::5efe:{ip}]"  # ISATAP behind a public prefix
    yield f"[2606:4700::200:5efe:{ip}]"
    yield f"[2606:4700::0200:5EFE:{high:x}:{low:x}]:8443"
    yield f"[fe80::5efe:{ip}]"
    yield f"[fe80::200:5efe:{high:x}:{low:x}]"
    yield f"[2001:db8::5efe:{ip}]"


# Both edges of every special block and of some that others forget, as addresses that are typed.
_EDGES_WITHIN = """
0.255.255.255 10.0.0.0 10.255.255.255 100.64.0.0 100.127.255.255 127.0.0.0 127.255.255.255 169.254.0.0
169.254.255.255 172.16.0.0 172.31.255.255 192.0.0.0 192.0.0.7 192.0.0.8 192.0.0.9 192.0.0.10 192.0.0.11 192.0.0.170
192.0.0.171 192.0.0.255 192.0.2.0 192.0.2.255 192.31.196.0 192.31.196.255 192.52.193.0 192.52.193.255 192.88.99.0
192.88.99.2 192.88.99.255 192.168.0.0 192.168.255.255 192.175.48.0 192.175.48.255 198.18.0.0 198.19.255.255
198.51.100.0 198.51.100.255 203.0.113.0 203.0.113.255 224.0.0.0 239.255.255.255 240.0.0.0 255.255.255.254
[::1:0:0:0] [::fffe:ffff:ffff] [::ffff:0:0] [::ffff:ffff:ffff] [64:ff9b::] [64:ff9b::ffff:ffff] [64:ff9b:0:0:0:1::]
[64:ff9b:1::] [64:ff9b:1:ffff:ffff:ffff:ffff:ffff] [64:ff9b:2::] [100::] [100::ffff:ffff:ffff:ffff] [100:0:0:1::]
[100:0:0:1:ffff:ffff:ffff:ffff] [100:0:0:2::] [1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff] [2001::]
[2001:0:ffff:ffff:ffff:ffff:ffff:ffff] [2001:1::1] [2001:1::2] [2001:1::3] [2001:1::4] [2001:2::]
[2001:2:0:ffff:ffff:ffff:ffff:ffff] [2001:2:1::] [2001:3::] [2001:4:112::] [2001:10::]
[2001:1f:ffff:ffff:ffff:ffff:ffff:ffff] [2001:20::] [2001:2f:ffff:ffff:ffff:ffff:ffff:ffff] [2001:30::]
[2001:3f:ffff:ffff:ffff:ffff:ffff:ffff] [2001:40::] [2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff] [2001:db8::]
[2001:db8:ffff:ffff:ffff:ffff:ffff:ffff] [2002::] [2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff] [2620:4f:8000::]
[2620:4f:8000:ffff:ffff:ffff:ffff:ffff] [3fff::] [3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff] [4000::] [5eff::] [5f00::]
[5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff] [5f01::] [fc00::] [fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff] [fe80::]
[febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff] [fec0::] [feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff] [ff00::]
[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]
"""
_EDGES_WITHOUT = """
1.0.0.0 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 168.63.129.15 168.63.129.17
169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 191.255.255.255 192.0.1.0 192.0.1.255 192.0.3.0 192.31.195.255
192.31.197.0 192.52.192.255 192.52.194.0 192.88.98.255 192.88.100.0 192.167.255.255 192.169.0.0 192.175.47.255
192.175.49.0 198.17.255.255 198.20.0.0 198.51.99.255 198.51.101.0 203.0.112.255 203.0.114.0 223.255.255.255
[2000::] [2001:200::] [2001:db7:ffff:ffff:ffff:ffff:ffff:ffff] [2001:db9::] [2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff]
[2003::] [2620:4f:7fff:ffff:ffff:ffff:ffff:ffff] [2620:4f:8001::] [3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff]
[3fff:1000::] [3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]
"""

# An address that is not public, in numbers of another base or fewer parts (WHATWG URL §3.5).
_NUMBERS = """
0000000000000000000000000177.0.0.1 0x000000000000000000000000000000007f.0.0.1 127.0x0000000000.0.1 0177.0x0.00.01
0X7F.0X0.0X0.0X1 0x7f.0.1 0xC0.0xA8.0x01.0x01 0xc0a80101 0xac.16.1 0xAC100001 0254.020.1 2886729729 167772161 0xa.1
012.1 10.1 10.0x1 10.16777215 0xa000001 01200000001 0x64646464. 0x644064c8 1684300900 100.100.25800 100.0x6464c8
0xA83F8110 168.63.33040 2822734096 0xe0000001 3758096385 0xffffffff 037777777777 0.1 0.0.0.1 0x0.1 0.16777215
4026531841 0xf0000001 0xc0000001 0xc0000008 3221225480 3221225514 0xC00000AA 0xc0586301 192.88.25345 0xc6120001
198.18.1 0xc6336401 0xcb007101 203.0.28929 0xc0000201 0xc01fc401 0xc034c101 0xc0af3001 192.175.12290
"""

# Names for the inside, most of them spelled so that a comparison of letters would let them pass.
_NAMES = (
    "metadata.goog.", "a.b.metadata.goog", "METADATA.TENCENTYUN.COM", "metadata。tencentyun。com",
    "metadata.packet.net.", "x.metadata.packet.net", "api.metadata.cloud.ibm.com.",
    "API.Metadata.Cloud.IBM.com:443", "instance-data", "metadata.internal", "kubernetes.default.svc.cluster.local",
    "host.docker.internal", "gateway.docker.internal", "consul.service.internal", "vault.local",
    "_ldap._tcp.dc._msdcs.corp.local", "a.localhost.", "A.LOCALHOST:8443", "x.onion.", "x.ALT.", "x.Invalid",
    "host.home.arpa:443", "HOME.ARPA", "lOcAl", "localhost6", "ip6-localhost", "ip6-loopback", "broadcasthost", "wpad",
    "isatap", "kubernetes", "consul", "redis", "db:8443", "127-0-0-1", "0x7f000001x", "e", "Ⅰⅴ", "xn--wgv71a", "日本",
    "ﬁle", "x.ℓocal", "x.lo\u00adcal", "x.local\u200b", "x.Local", "ﬀ.ⒾⓃⓉⒺⓇⓃⒶⓁ", "x.𝐢𝐧𝐭𝐞𝐫𝐧𝐚𝐥", "x.ⁱnternal",
    "x.loc\u034fal", "x.LOCAL．", "x.local｡",
)  # fmt: skip

# What stands before an at sign is a name and a password, whatever it looks like.
_BEFORE_AT = (
    "https://a@b@127.0.0.1/", "https://a:b@c:d@localhost/", "https://example.com:443@[::1]:443/",
    "https://a%40b@10.0.0.1", "https://example.com%23@127.0.0.1/x", "http://%6cocalhost@127.0.0.1/",
    "https://ex@mple@192.168.0.1:8443/x", "https://127.0.0.1?x=https://8.8.8.8", "https://127.0.0.1#@8.8.8.8/",
    "127.0.0.1/@8.8.8.8", "127.0.0.1?", "127.0.0.1#", "localhost?x@example.com", "localhost/.example.com",
    "127.0.0.1:80/x", "[::1]/../",
)  # fmt: skip
_BEFORE_AT_OF_PUBLIC = (
    "https://127.0.0.1:80@example.com/x", "https://localhost:pw@example.com", "https://a%3ab@example.com",
    "https://[::ffff:127.0.0.1]@example.com/",
)  # fmt: skip

# Browsers, libraries and people read these in different ways, so nobody's reading is taken.
_NO_TARGET_IN_BRACKETS = (
    "[fe80::1%]", "[fe80::1%25]", "[::1%lo]", "[::ffff:127.0.0.1%eth0]", "fe80::1%eth0",
    "[2606:4700::1111%25lo]:443", "[::1%2500]", "https://[fe80::1%25en0]:8443/", "[fe80::1％eth0]", "[::1]x", "[::1]%",
    "[::1].", "[::1].local", "[0x7f.1]", "[localhost]", "[[::ffff:127.0.0.1]]", "[::g]", "[::1,::2]", "[::1 ]",
    "[ ::1]", "[:: 1]", "［::1］", "[::ffff:127.1]", "[::ffff:0177.0.0.1]", "[::ffff:127.0.0.1.1]",
    "[::ffff:256.0.0.1]", "[::127.0.0.1:1]", "[1:2:3:4:5:6:7:127.0.0.1]", "https://[]:443/", "[::1]:443:443",
    "[::1]:+443", "[::1]:0443", "[v6.::1]", "[vF.x]", "[8.8.8.8]",
)  # fmt: skip
_NO_TARGET = (
    "0x7f.0.0.0x100", "0400.0.0.1", "127.0.0.0400", "127.0.0.0x100", "1.0x1000000", "1.1.0x10000",
    "0x1.0x1.0x1.0x1.0x1", "09", "08", "0.0.0.08", "127.0.0.1.0", "0x7f000001.1", "127.0.0.256",
    "https://127.0.0.1\\.example.com/", "https://example.com\\127.0.0.1", "https:/\\/127.0.0.1", "\\\\127.0.0.1\\c$",
    "https://example.com\t@127.0.0.1", "https://\t127.0.0.1/", "https://127.0.0.1\t.example.com",
    "https://127.0.0.1%09/", "https://127.0.0.1%0d%0a/", "https://127.0.0.1\v/", "https://127.0.0.1\f/",
    "https://127.0.0.1%2523/", "https://127.0.0.1%5c/", "https://%5b::1%5d/", "https://127%252e0.0.1", "local%68ost",
    "https://%00127.0.0.1", "http:127.0.0.1", "http:/127.0.0.1", "http:///127.0.0.1", "https:localhost",
    "hTTps:127.0.0.1", "http:\\\\localhost", "://127.0.0.1", "http:://127.0.0.1", "http://http://127.0.0.1",
    "https://127.0.0.1:443:80", "https://127.0.0.1:99999", "https://127.0.0.1:０443", "https://127.0.0.1:4４3",
    "https://127.0.0.1: 443", "127.0.0.1 ,8.8.8.8", "8.8.8.8 127.0.0.1", "8.8.8.8\\@127.0.0.1", "8.8.8.8|127.0.0.1",
    "8.8.8.8..", "ｈｔｔｐ：//127.0.0.1", "https：//127.0.0.1", "https:／／127.0.0.1",
)  # fmt: skip

# Names that only look as if they were for the inside; where their addresses lead is judged when DNS has told it.
_LIKE_NAMES_INSIDE = """
metadata.google.com. metadata.azure.com localhost.co local.net internal.org home.arpa.example myonion.com alt.com
invalid.org example.localdomain x.lan x.corp x.intranet x.home kubernetes.default.svc test.example 127-0-0-1.sslip.io
10.0.0.1.nip.io 0x7f000001.nip.io www.localhost.example.org b.resolver.arpa ipv4only.arpa metadatagoog.com
notmetadata.goog metadata.goog.co
"""

_LEGITIMATE = (
    "www.gov.uk", "https://www.rust-lang.org/", "https://user@www.python.org:8443/x?y#z", "STRASSE.de", "straße.de",
    "fußball.example", "ὀδυσσεύς.gr", "xn--strae-oqa.de", "københavn.dk", "İstanbul.com", "مصر.eg", "例え.テスト",
    "例え。テスト", "中国政府.政务.cn", "中国。中国", "xn--fiqs8s.xn--fiqs8s", "παράδειγμα.δοκιμή",
    "испытание.испытание", "परीक्षा.भारत", "தமிழ்.இந்தியா", "ישראל.ישראל", "бел.бел", "გე.გე", "ελ.ευ", "ไทย.ไทย",
    "a--b.example", "a-b.example", "1and1.com", "3com.com", "0.pool.ntp.org", "4.cn", "163.com", "1.1.1.1.example",
    "www.x.com", "x.co", "_acme-challenge.example.com", "s3.amazonaws.com", "bucket.s3.eu-west-1.amazonaws.com",
    "d111111abcdef8.cloudfront.net", "shop.example.com.cdn.dnsv1.com", "a.b-c.de", "https://example.com:8443/a:b@c",
    "example.com/?redirect=http://127.0.0.1:22/", "https://example.com/;x", "https://example.com/%zz",
    "https://example.com?%00", "http://example.com:8443", "HTTP://EXAMPLE.COM:80", "example.com:8443/path",
    "https://Ｅxample.com/", "exam\u00adple.org", "www.example.xn--p1ai", "example.com.:443", "https://example.com./",
    "https://8.8.8.8/", "http://1.1.1.1:80", "[2606:4700:4700::1111]", "https://[2620:fe::fe]:8443/",
    "2001:4860:4860::8844", "[2a02:6b8::a]", "[2400:cb00:2048:1::c629:d7a2]", "https://9.9.9.9:443?x",
    # Public addresses, in numbers of another base; not all of these have a part of the embedded forms in them.
    "0x08080808", "010.010.010.010", "8.8.2056", "8.526344", "0x8.0x8.0x8.0x8", "１.１.１.１", "①.1.1.1", "1。1。1。1",
    "1.2.3.0x", "[2606:4700::5efe:8.8.8.8]", "[2606:4700::5eff:10.0.0.1]", "[2606:4700::1:5efe:10.0.0.1]",
    "[2606:4700::100:5efe:10.0.0.1]",
)  # fmt: skip

FORBIDDEN: Mapping[str, tuple[str, ...]] = {
    "IPv4 written in other ways": (
        *_NUMBERS.split(),
        *(ip.translate(str.maketrans(_DIGITS, "".join(chr(first + n) for n in range(10))))
          for first in _TENS.values() for ip in _INSIDE),
        *map(_full_width, ("0x7f000001", "017700000001", "2130706433", "0xA9FEA9FE", "10.1", "192.168.257")),
        "①②⑦.1", "⑩.0.0.1", "⑯9.254.169.254",
        *(text.replace(".", dot) for dot in "。．｡" for text in ("169.254.169.254", "0x7f.1", "10.0.0.1", "127.1.")),
    ),
    "IPv6, and IPv4 within it": tuple(text for ip in _INSIDE for text in _embeddings(ip)),
    "edges of special blocks": tuple(_EDGES_WITHIN.split()),
    "names for the inside": (
        *_NAMES,
        *map(_full_width, ("localhost", "metadata.google.internal")),
        *(text.replace(".", dot) for dot in "。．｡" for text in ("printer.local", "wiki.internal")),
    ),
    "credentials": _BEFORE_AT,
}  # fmt: skip
INVALID: Mapping[str, tuple[str, ...]] = {
    "IPv6, and IPv4 within it": _NO_TARGET_IN_BRACKETS,
    "shapes and lengths": _NO_TARGET,
}
LOOKED_AT: Mapping[str, tuple[str, ...]] = {
    "edges of special blocks": tuple(_EDGES_WITHOUT.split()),
    "names for the inside": tuple(_LIKE_NAMES_INSIDE.split()),
    "credentials": _BEFORE_AT_OF_PUBLIC,
    "legitimate": _LEGITIMATE,
}
