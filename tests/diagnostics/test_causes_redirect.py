"""Where redirects lead is told in words that fit the way they take."""

import pytest

from diagnostics.causes import redirect
from diagnostics.causes.loop import LoopKind, loop_kind
from diagnostics.facts import Facts, Hop, Refusal, Trace, TraceEnd
from diagnostics.finding import Confidence, Severity
from tests.diagnostics.hand_made import HOST, IP, address, answer, facts, trace

HTTPS, HTTP = f"https://{HOST}/", f"http://{HOST}/"
WWW = f"https://www.{HOST}/"


def _seen(*traces: Trace) -> Facts:
    return facts(address(answer()), traces=traces)


def _page(refresh: str) -> Trace:
    body = f'<meta http-equiv="refresh" content="{refresh}">'
    return trace(HTTP, last=answer(body=body, url=HTTP))


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (trace(HTTP), True),
        (trace(HTTP, f"{HTTP}home"), True),  # redirects, but not to https
        (trace(HTTP, "http://other.example/"), True),
        (_page("300; url=https://x.example/"), True),  # shown for minutes first
        (_page(f"0; url={HTTP}home"), True),
        (_page(f"0; url={HTTPS}"), False),
        (trace(HTTP, statuses=[404]), False),
        (trace(HTTP, statuses=[503]), False),
        (trace(HTTP, statuses=[204]), False),  # nothing to read
        (trace(HTTP, HTTPS), False),
        (trace(HTTPS), False),
        (trace(HTTP, HTTPS, end=TraceEnd.STOPPED), False),  # a bad certificate: not followed, and still a redirect
    ],
)
def test_content_over_plain_http_is_a_missing_redirect(seen: Trace, expected: bool) -> None:
    assert (redirect.missing(_seen(seen)) is not None) is expected


def test_where_https_is_broken_the_redirect_comes_second() -> None:
    broken = facts(address(answer(), faults=["certificate.expired"]), traces=[trace(HTTP)])
    found, well = redirect.missing(broken), redirect.missing(_seen(trace(HTTP)))
    assert found is not None
    assert well is not None
    assert found.fix[0].startswith("First mend HTTPS")
    assert not well.fix[0].startswith("First mend HTTPS")


@pytest.mark.parametrize(
    ("urls", "kind"),
    [
        ((HTTPS, HTTPS), LoopKind.SAME_URL),
        ((HTTPS, f"{HTTPS}a", f"{HTTPS}a"), LoopKind.SAME_URL),  # the way to the circle is no part of it
        ((HTTP, HTTPS, HTTPS), LoopKind.SAME_URL),
        ((HTTPS, HTTP, HTTPS), LoopKind.SCHEMES),
        ((HTTPS, f"http://{HOST}/a", f"{HTTPS}a", f"http://{HOST}/a"), LoopKind.SCHEMES),
        ((HTTPS, WWW, HTTPS), LoopKind.WWW),
        ((HTTPS, f"http://www.{HOST}/", HTTPS), LoopKind.WWW),  # both at once: the name is what to decide
        ((HTTPS, "https://login.example/", HTTPS), LoopKind.HOSTS),
        ((HTTPS, WWW, "https://login.example/", HTTPS), LoopKind.HOSTS),
        ((HTTPS, f"{HTTPS}a", f"{HTTPS}b", f"{HTTPS}a"), LoopKind.PAGES),
    ],
)
def test_circles_are_told_apart(urls: tuple[str, ...], kind: LoopKind) -> None:
    seen = trace(*urls, end=TraceEnd.LOOP)
    assert loop_kind(seen) is kind
    found = redirect.loop(_seen(seen))
    assert found is not None
    assert found.evidence["kind"] == kind.value
    assert found.evidence["loop"] == urls[-1]


def test_only_a_url_that_leads_to_itself_is_called_so() -> None:
    words = "the very same address"
    itself = redirect.loop(_seen(trace(HTTPS, HTTPS, end=TraceEnd.LOOP)))
    pages = redirect.loop(_seen(trace(HTTPS, f"{HTTPS}a", HTTPS, end=TraceEnd.LOOP)))
    assert itself is not None
    assert pages is not None
    assert words in itself.explanation
    assert words not in pages.explanation


def test_a_circle_from_http_alone_is_broken_for_those_who_begin_there() -> None:
    found = redirect.loop(_seen(trace(HTTPS), trace(HTTP, HTTP, end=TraceEnd.LOOP)))
    assert found is not None
    assert "without https://" in found.explanation


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ([trace(HTTPS)], "some visitors"),  # another address answers with a page
        ([trace(HTTP)], "for everyone."),  # what begins at http:// is another way
        ([trace(HTTPS, f"{HTTPS}a", HTTPS, end=TraceEnd.LOOP)], "for everyone."),
        ([], "for everyone."),
    ],
)
def test_a_circle_of_one_address_is_broken_for_some(others: list[Trace], words: str) -> None:
    found = redirect.loop(_seen(trace(HTTPS, HTTPS, end=TraceEnd.LOOP), *others))
    assert found is not None
    assert words in found.explanation


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (trace(HTTPS, f"{HTTP}a"), True),
        (trace(HTTPS, "http://b.example/"), True),  # of this host, wherever it leads
        (trace(HTTPS, f"{HTTP}a", end=TraceEnd.FAILED), True),  # nobody answers there
        (trace(HTTPS, "http://b.example/", end=TraceEnd.BROKEN_TARGET, other_host="b.example"), True),
        (trace(HTTPS, f"{HTTP}a", f"{HTTPS}a"), False),  # it comes back
        (trace(HTTPS, HTTP, HTTPS, end=TraceEnd.LOOP), False),
        (trace(HTTPS, "http://10.0.0.1/", end=TraceEnd.FORBIDDEN_TARGET), False),
        (trace(HTTP), False),
    ],
)
def test_a_way_from_https_to_http_is_a_downgrade(seen: Trace, expected: bool) -> None:
    assert (redirect.downgrade(_seen(seen)) is not None) is expected


def test_a_broken_target_is_named_with_its_cause() -> None:
    seen = trace(HTTPS, WWW, end=TraceEnd.BROKEN_TARGET, other_host=f"www.{HOST}", other_cause="certificate.expired")
    found = redirect.broken_target(_seen(seen))
    assert found is not None
    assert (found.evidence["host"], found.evidence["cause"]) == (f"www.{HOST}", "certificate.expired")
    assert "the certificate has expired" in found.explanation
    assert redirect.broken_target(_seen(trace(HTTPS, WWW))) is None


@pytest.mark.parametrize(
    ("url", "place", "port"),
    [
        (f"https://{HOST}:8443/a", f"{HOST}:8443", 8443),
        ("https://b.example:8443/", "b.example:8443", 8443),
        ("http://b.example:443/", "b.example:443", 443),  # not the usual one of http
        ("https://[2001:db8::1]:8443/", "[2001:db8::1]:8443", 8443),
        ("https://b.example/", "b.example", None),  # the usual port is not worth a word
        ("https://[2001:db8::443]/", "[2001:db8::443]", None),
    ],
)
def test_a_broken_target_is_named_with_its_port_unless_that_is_the_usual_one(
    url: str, place: str, port: int | None
) -> None:
    host = place.removesuffix(f":{port}").strip("[]")
    seen = trace(HTTPS, url, end=TraceEnd.BROKEN_TARGET, other_host=host, other_cause="tcp.refused")
    found = redirect.broken_target(_seen(seen))
    assert found is not None
    assert f" redirects to {place}, and " in found.summary
    assert found.fix[0].startswith(f"Check {place} on its own")
    assert (found.evidence["host"], found.evidence.get("port")) == (host, port)


@pytest.mark.parametrize(("hurried", "confidence"), [(True, Confidence.LIKELY), (False, Confidence.PROVEN)])
def test_a_target_that_had_little_time_is_only_likely_broken(hurried: bool, confidence: Confidence) -> None:
    seen = trace(
        HTTPS, WWW, end=TraceEnd.BROKEN_TARGET, other_host=f"www.{HOST}", other_cause="tls.timeout", hurried=hurried
    )
    found = redirect.broken_target(_seen(seen))
    assert found is not None
    assert found.confidence is confidence
    assert ("less time" in found.explanation) is hurried


@pytest.mark.parametrize(
    ("refusal", "severity"),
    [
        (Refusal.ADDRESS, Severity.ERROR),
        (Refusal.NAME, Severity.ERROR),
        (None, Severity.ERROR),
        (Refusal.PORT, Severity.WARNING),
    ],
)
def test_a_forbidden_port_may_work_for_visitors(refusal: Refusal | None, severity: Severity) -> None:
    seen = trace(HTTPS, f"https://{HOST}:9443/", end=TraceEnd.FORBIDDEN_TARGET, other_host=HOST, refusal=refusal)
    found = redirect.forbidden_target(_seen(seen))
    assert found is not None
    assert found.severity is severity
    assert ("9443" in found.summary) is (refusal is Refusal.PORT)


def test_an_address_inside_counts_before_a_forbidden_port() -> None:
    port = trace(HTTPS, f"{HTTPS[:-1]}:9443/", end=TraceEnd.FORBIDDEN_TARGET, other_host=HOST, refusal=Refusal.PORT)
    inside = trace(HTTP, "http://10.0.0.1/", end=TraceEnd.FORBIDDEN_TARGET, other_host="10.0.0.1")
    found = redirect.forbidden_target(_seen(port, inside))
    assert found is not None
    assert found.severity is Severity.ERROR


def _ends_at(location: str | None, *more: str) -> Facts:
    headers = [("Location", each) for each in ((location, *more) if location is not None else ())]
    hop = Hop(url=HTTPS, status=302, location=location)
    return _seen(
        Trace(
            start=HTTPS,
            ip=IP,
            hops=(hop,),
            end=TraceEnd.INVALID_LOCATION,
            last_url=HTTPS,
            answer=answer(302, headers=headers),
        )
    )


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        (_ends_at(None), "no Location"),
        (_ends_at("https:///"), "“https:///”"),
        (_ends_at("/a", "/b"), "2 Location headers that differ"),
    ],
)
def test_a_useless_location_is_told_as_it_is(seen: Facts, words: str) -> None:
    found = redirect.invalid_location(seen)
    assert found is not None
    assert words in found.explanation


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        *((trace(HTTP, HTTPS, statuses=[status, 200]), True) for status in (302, 303, 307)),
        *((trace(HTTP, HTTPS, statuses=[status, 200]), False) for status in (301, 308)),
        (trace(HTTP, HTTPS, end=TraceEnd.STOPPED, statuses=[302]), True),  # a bad certificate hides nothing on port 80
        (trace(HTTP, f"{HTTP}a", statuses=[302, 200]), False),  # not to https
        (trace(HTTPS, f"{HTTPS}a", statuses=[302, 200]), False),
        (_page(f"0; url={HTTPS}"), True),  # browsers do not remember that either
        (trace(HTTP), False),
    ],
)
def test_a_temporary_redirect_to_https_is_told(seen: Trace, expected: bool) -> None:
    assert (redirect.temporary(_seen(seen)) is not None) is expected


def test_too_many_redirects_are_counted() -> None:
    urls = [f"{HTTPS}{number}" for number in range(22)]
    found = redirect.too_many(_seen(trace(*urls, end=TraceEnd.TOO_MANY)))
    assert found is not None
    assert "21 redirects" in found.explanation
    assert redirect.too_many(_seen(trace(*urls[:21]))) is None
