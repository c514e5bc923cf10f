"""What is told of a CDN fits what was seen, and nothing is told of what a CDN does rightly."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from diagnostics.causes import cdn, certificate, http
from diagnostics.facts import AddressFacts, Facts, HttpAnswer, TraceEnd
from diagnostics.finding import Confidence
from diagnostics.judge import judge
from tests.diagnostics.hand_made import HOST, NOW, address, answer, facts, refusing, trace

TENCENT, CLOUDFLARE, CLOUDFRONT = f"{HOST}.cdn.dnsv1.com", f"{HOST}.cdn.cloudflare.net", "d111.cloudfront.net"
BY_CLOUDFLARE = [("Server", "cloudflare")]
BY_TENCENT = [("X-NWS-LOG-UUID", "5f0c8a1e")]
DEFAULT = ["*.cdn.myqcloud.com", "cdn.myqcloud.com"]
MISMATCH = ["certificate.name_mismatch"]


def _mismatched(names: Sequence[str], **more: object) -> Facts:
    return facts(address(names=names, faults=MISMATCH), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("seen", "confidence"),
    [
        (_mismatched(DEFAULT, aliases=[TENCENT]), Confidence.PROVEN),  # the alias and the certificate say the same
        (_mismatched(DEFAULT), Confidence.LIKELY),  # the certificate alone: an address record leads there
        (_mismatched(["*.cloudfront.net"], aliases=[CLOUDFRONT]), Confidence.PROVEN),
        (_mismatched(["a248.e.akamai.net"], aliases=["x.edgekey.net"]), Confidence.PROVEN),
        (_mismatched(["*.github.io", "www.github.com"], aliases=["me.github.io"]), Confidence.PROVEN),
        (_mismatched(["t.sni-820-default.ssl.fastly.net"]), Confidence.LIKELY),
        (_mismatched(DEFAULT, aliases=[CLOUDFLARE]), Confidence.LIKELY),  # two providers, one behind the other
        (_mismatched(["x.other.example"], aliases=[TENCENT]), None),  # somebody's certificate, no default one
        (_mismatched(DEFAULT, host="a.b.cdn.myqcloud.com"), None),  # a host of the provider's own
        (facts(address(names=DEFAULT)), None),  # it fits
        (facts(address(names=DEFAULT, faults=MISMATCH), address(ip="203.0.113.8")), None),  # one node: cdn.stale_node
        (facts(refusing(), aliases=[TENCENT]), Confidence.LIKELY),
        (facts(refusing(alert=112), aliases=[TENCENT]), Confidence.LIKELY),
        (facts(refusing(alert=80), aliases=[TENCENT]), Confidence.LIKELY),
        (facts(refusing(alert=None), aliases=[TENCENT]), Confidence.LIKELY),
        (facts(refusing(plain=answer(headers=BY_CLOUDFLARE))), Confidence.LIKELY),  # port 80 says whose it is
        (facts(refusing(alert=None, plain=answer(headers=BY_CLOUDFLARE))), None),  # hanging up may mean anything
        (facts(refusing(alert=70), aliases=[TENCENT]), None),  # an old server, whatever the alias
        (facts(refusing(), address(ip="203.0.113.8"), aliases=[TENCENT]), None),  # another node knows the name
        (facts(refusing(alert=80), aliases=["cname.vercel-dns.com"]), Confidence.LIKELY),  # hosters do so too
        (facts(refusing(alert=None), aliases=["ghs.googlehosted.com"]), Confidence.LIKELY),
        (facts(refusing()), None),
    ],
)
def test_a_certificate_that_is_not_deployed_is_known(seen: Facts, confidence: Confidence | None) -> None:
    found = cdn.certificate_not_deployed(seen)
    assert (found.confidence if found is not None else None) == confidence


@pytest.mark.parametrize(
    ("aliases", "provider"),
    [
        ([TENCENT], "Tencent Cloud CDN"),
        ([f"{HOST}.eo.dnse4.com"], "Tencent Cloud EdgeOne"),  # both answer with the same certificate
        ([], "Tencent Cloud CDN"),
    ],
)
def test_where_providers_share_a_default_certificate_the_alias_tells_them_apart(
    aliases: list[str], provider: str
) -> None:
    found = cdn.certificate_not_deployed(_mismatched(DEFAULT, aliases=aliases))
    assert found is not None
    assert found.evidence["provider"] == provider


def _zone(host: str, *names: str, code: str = "certificate.wildcard_depth", **more: object) -> Facts:
    return facts(address(names=names, faults=[code]), host=host, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("seen", "levels"),
    [
        (_zone("a.b.example.com", "example.com", "*.example.com", aliases=[CLOUDFLARE]), 2),
        (_zone("a.b.c.example.com", "*.example.com", aliases=[CLOUDFLARE]), 3),
        (_zone("a.b.shop.co.uk", "*.shop.co.uk", aliases=[CLOUDFLARE]), 2),  # co.uk is no domain of anybody's
        (facts(address(answer(headers=BY_CLOUDFLARE), names=["*.example.com"], faults=["certificate.wildcard_depth"]),
               host="a.b.example.com"), 2),  # known by its headers
        (_zone("a.b.example.com", "*.b.example.com.au", "*.x.example.com", aliases=[CLOUDFLARE]), None),  # no zone's
        (_zone("example.com", "*.example.com", aliases=[CLOUDFLARE]), None),  # too shallow, which is another fault
        (_zone("a.shop.co.uk", "*.co.uk", aliases=[CLOUDFLARE]), None),
        (_zone("a.b.example.com", "*.example.com", aliases=[TENCENT]), None),  # it makes no certificates by itself
        (_zone("a.b.example.com", "*.example.com"), None),  # no CDN
        (_zone("a.b.example.com", "other.example", code="certificate.name_mismatch", aliases=[CLOUDFLARE]), None),
        (facts(refusing(), host="a.b.example.com", aliases=[CLOUDFLARE]), 2),
        (facts(refusing(plain=answer(301, headers=BY_CLOUDFLARE)), host="a.b.example.com"), 2),
        (facts(refusing(), host="b.example.com", aliases=[CLOUDFLARE]), None),  # the automatic one covers it
        (facts(refusing(alert=70), host="a.b.example.com", aliases=[CLOUDFLARE]), None),
        (facts(refusing(), host="a.b.example.com"), None),
        (facts(address(), host="a.b.example.com", aliases=[CLOUDFLARE]), None),  # it works
    ],
)  # fmt: skip
def test_a_name_too_deep_for_the_automatic_certificate_is_known(seen: Facts, levels: int | None) -> None:
    found = cdn.subdomain_not_covered(seen)
    assert (found.evidence["levels"] if found is not None else None) == levels
    assert found is None or found.confidence is Confidence.LIKELY


def test_a_refused_deep_name_is_told_as_too_deep_and_not_as_missing() -> None:
    assert judge(facts(refusing(), host="a.b.example.com", aliases=[CLOUDFLARE])).cause == "cdn.subdomain_not_covered"
    assert judge(facts(refusing(), host="b.example.com", aliases=[CLOUDFLARE])).cause == "cdn.certificate_not_deployed"


SELF = f"https://{HOST}/"
_TO_SELF = answer(301, headers=[*BY_CLOUDFLARE, ("Location", SELF)])


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (facts(address(_TO_SELF), traces=[trace(SELF, SELF, end=TraceEnd.LOOP)]), True),  # known by its headers
        (facts(address(answer(301)), traces=[trace(SELF, SELF, end=TraceEnd.LOOP)], aliases=[TENCENT]), True),
        # The circle may be further on, and the way may begin at http://.
        (facts(address(_TO_SELF), traces=[trace(SELF, f"{SELF}a", f"{SELF}a", end=TraceEnd.LOOP)]), True),
        (facts(address(_TO_SELF), traces=[trace(f"http://{HOST}/", SELF, SELF, end=TraceEnd.LOOP)]), True),
        # Without a CDN nobody knows who asks whom.
        (facts(address(answer(301)), traces=[trace(SELF, SELF, end=TraceEnd.LOOP)]), False),
        (facts(address(answer(301)), traces=[trace(SELF, SELF, end=TraceEnd.LOOP)], aliases=["x.github.io"]), False),
        # Back and forth between schemes or pages is another circle.
        (facts(address(_TO_SELF), traces=[trace(SELF, f"http://{HOST}/", SELF, end=TraceEnd.LOOP)]), False),
        (facts(address(_TO_SELF), traces=[trace(SELF, f"{SELF}a", SELF, end=TraceEnd.LOOP)]), False),
        (facts(address(_TO_SELF), traces=[trace(SELF, "https://o.example/", "https://o.example/", end=TraceEnd.LOOP)]),
         False),
        (facts(address(_TO_SELF), traces=[trace(SELF, f"{SELF}home")]), False),  # it ends
    ],
)  # fmt: skip
def test_the_loop_of_an_origin_asked_over_http_is_known(seen: Facts, expected: bool) -> None:
    found = cdn.CAUSES["cdn.redirect_loop"](seen)
    assert (found is not None) is expected
    assert found is None or (found.confidence is Confidence.LIKELY and "likely and not proven" in found.explanation)


_ERROR = [("X-Cache", "Error from cloudfront")]


@pytest.mark.parametrize(
    ("status", "headers", "aliases", "code"),
    [
        (423, BY_TENCENT, [], "cdn.loop_detected"),
        (423, [], [TENCENT], "cdn.loop_detected"),
        (423, [("EO-LOG-UUID", "1")], [], "cdn.loop_detected"),
        (423, BY_CLOUDFLARE, [], None),  # Locked, of WebDAV
        (423, [], [], None),
        (508, BY_CLOUDFLARE, [], "cdn.loop_detected"),
        (508, [], [], "http.server_error"),
        (526, BY_CLOUDFLARE, [], "cdn.origin_certificate_invalid"),
        (526, BY_CLOUDFLARE, ["x.example.net"], "cdn.origin_certificate_invalid"),
        (526, BY_CLOUDFLARE, [CLOUDFRONT], "cdn.origin_certificate_invalid"),  # one CDN behind another
        (526, [], [], "http.server_error"),  # anybody's number
        (526, [], [TENCENT], "http.server_error"),  # not one of this provider's
        (539, BY_TENCENT, [], "cdn.origin_certificate_invalid"),
        (540, BY_TENCENT, [], "cdn.origin_certificate_invalid"),
        *((status, BY_CLOUDFLARE, [], "cdn.origin_unreachable") for status in (520, 521, 522, 523, 524, 530)),
        *((status, BY_TENCENT, [], "cdn.origin_unreachable") for status in (531, 532, 533, 537)),
        *((status, BY_CLOUDFLARE, [], "http.origin_tls_error") for status in (525, 527)),
        *((status, BY_TENCENT, [], "http.origin_tls_error") for status in (538, 562, 563, 564)),
        (502, _ERROR, [CLOUDFRONT], "http.origin_tls_error"),
        (502, [("X-Cache", "Miss from cloudfront")], [CLOUDFRONT], "http.server_error"),
        (502, _ERROR, [], "http.server_error"),  # passed on by somebody else
        (503, _ERROR, [CLOUDFRONT], "http.server_error"),
        (500, BY_CLOUDFLARE, [], "http.server_error"),
        (404, BY_TENCENT, [TENCENT], None),
        (200, BY_CLOUDFLARE, [CLOUDFLARE], None),
    ],
)
def test_a_status_means_what_the_provider_says_where_it_is_the_provider_s(
    status: int, headers: list[tuple[str, str]], aliases: list[str], code: str | None
) -> None:
    seen = facts(address(answer(status, headers=headers)), aliases=aliases)
    causes = {**cdn.CAUSES, **http.CAUSES}
    told = [name for name, cause in causes.items() if cause(seen) is not None and name != "http.hsts_missing"]
    assert told == ([code] if code is not None else [])
    assert judge(seen).cause == code


def test_what_a_cdn_says_of_its_origin_is_likely_and_the_words_say_so() -> None:
    for status, code in ((526, "cdn.origin_certificate_invalid"), (522, "cdn.origin_unreachable")):
        found = cdn.CAUSES[code](facts(address(answer(status, headers=BY_CLOUDFLARE))))
        assert found is not None
        assert found.confidence is Confidence.LIKELY
        assert "likely and not proven" in found.explanation
        assert str(status) in found.explanation
        assert found.evidence["provider"] == "Cloudflare"


@pytest.mark.parametrize("code", ["certificate.expired", "certificate.expires_soon"])
def test_an_expired_certificate_of_a_cdn_is_renewed_there(code: str) -> None:
    found = certificate.CAUSES[code](facts(address(faults=[code]), aliases=[TENCENT]))
    assert found is not None
    assert "edge of Tencent Cloud CDN" in found.explanation
    assert found.fix[0].startswith("Do not renew at the origin")
    elsewhere = certificate.CAUSES[code](facts(address(faults=[code])))
    assert elsewhere is not None
    assert elsewhere.fix == ("Mend it.",)


def test_a_chain_of_a_cdn_is_mended_there_by_the_usual_steps() -> None:
    found = certificate.CAUSES["certificate.incomplete_chain"](
        facts(address(faults=["certificate.incomplete_chain"]), aliases=[TENCENT])
    )
    assert found is not None
    assert "CDN console" in found.fix[0]
    assert found.fix[-1] == "Mend it."


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ([answer(200)], "some visitors"),
        ([answer(526, headers=BY_CLOUDFLARE)], "for everyone"),
        ([], "for everyone"),
    ],
)
@pytest.mark.parametrize("status", [526, 522, 525, 508])
def test_what_one_node_says_is_broken_for_some(status: int, others: list[HttpAnswer], words: str) -> None:
    told = answer(status, headers=BY_CLOUDFLARE)
    others = [told if other.status == 526 else other for other in others]
    nodes = [address(one, ip=f"203.0.113.{number}") for number, one in enumerate([told, *others], 7)]
    root = judge(facts(*nodes, aliases=[CLOUDFLARE])).root
    assert root is not None
    assert words in root.explanation


def _serving(*names: str, days: int = 80, issuer: str = "CN=Lab") -> AddressFacts:
    seen = address(ip=f"203.0.113.{days % 200}", names=(HOST, *names))
    assert seen.certificate is not None
    good = replace(seen.certificate, not_after=NOW + timedelta(days=days), issuer=issuer)
    return replace(seen, certificate=good)


@pytest.mark.parametrize(
    ("other", "shown", "later"),
    [
        (_serving(f"www.{HOST}", days=81), f"for {HOST} and www.{HOST}", "work by chance"),
        (_serving(days=81, issuer="CN=Another"), "by CN=Another", None),
        (_serving(days=4), "until 28 November 2026 (UTC)", "From 28 November 2026 (UTC) on"),
    ],
)
def test_what_differs_between_nodes_is_shown_with_what_comes_of_it(
    other: AddressFacts, shown: str, later: str | None
) -> None:
    found = cdn.CAUSES["cdn.nodes_differ"](facts(_serving(), other))
    assert found is not None
    assert shown in found.explanation
    assert f"nobody who opens {HOST} is affected" in found.explanation
    assert found.explanation.endswith("every node yet.") if later is None else later in found.explanation


@pytest.mark.parametrize(
    ("aliases", "words", "not_said"),
    [
        ([TENCENT], "HTTPS Configuration", "out of DNS"),  # the addresses are the CDN's
        ([], "reload the server there", "console"),
    ],
)
def test_a_stale_node_is_mended_where_it_is_set_up(aliases: list[str], words: str, not_said: str) -> None:
    bad = address(ip="203.0.113.8", faults=["certificate.expired"])
    found = cdn.CAUSES["cdn.stale_node"](facts(address(), bad, aliases=aliases))
    assert found is not None
    assert words in " ".join(found.fix)
    assert not_said not in " ".join(found.fix)


def test_a_name_too_deep_is_offered_one_that_the_certificate_covers() -> None:
    found = cdn.subdomain_not_covered(_zone("a.b.c.example.com", "*.example.com", aliases=[CLOUDFLARE]))
    assert found is not None
    assert found.fix[1] == "Or use a name that is not as deep, such as a-b-c.example.com."
