"""What the web server behind the encryption does is told rightly, and headers and pages are read as browsers do."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnostics.causes import http, page
from diagnostics.facts import Facts, HttpAnswer, HttpOutcome, TraceEnd
from diagnostics.finding import Confidence
from diagnostics.hsts import hsts_fault
from diagnostics.judge import judge
from diagnostics.page import read_page
from tests.diagnostics.hand_made import HOST, address, answer, facts, trace
from tests.lab.http import CLEAN_CONTENT, MIXED_CONTENT, PLAIN_TO_HTTPS

HSTS = "Strict-Transport-Security"
GOOD_HSTS = [(HSTS, "max-age=31536000")]


@pytest.mark.parametrize(
    "header",
    [
        "max-age=31536000",
        "max-age=0",  # tells browsers to forget, which they do
        "MAX-AGE=1; INCLUDESUBDOMAINS; preload",
        'max-age="31536000" ; includeSubDomains',
        "includeSubDomains ;max-age = 5",
        "; ;max-age=1;",
        'max-age=1; later="a;b\\"c"',  # unknown directives are passed over
        "max-age=99999999999999999999",
    ],
)
def test_browsers_heed_such_a_header(header: str) -> None:
    assert hsts_fault(header) is None


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("", "no max-age"),
        ("includeSubDomains", "no max-age"),
        ("maxage=1", "no max-age"),
        ("max-age", "no number"),
        ("max-age=", "not written"),
        ("max-age=-1", "no number"),
        ("max-age=1.5", "no number"),
        ("max-age=1d", "no number"),
        ('max-age=""', "no number"),
        ("max-age=a year", "not written"),
        ("max-age=\u0663", "not written"),  # an Arabic digit
        ("max-age=1, includeSubDomains", "not written"),  # a comma between directives
        ("max-age=1 includeSubDomains", "not written"),
        ("max-age=1; max-age=2", "twice"),
        ("max-age=1; includeSubDomains; includesubdomains", "twice"),
        ("max-age=1; includeSubDomains=true", "takes none"),
        ('max-age="1', "not written"),
    ],
)
def test_browsers_ignore_such_a_header(header: str, words: str) -> None:
    assert words in (hsts_fault(header) or "")


@given(st.text() | st.lists(st.sampled_from(["max-age", "=", '"', ";", " ", "1", "\\", "a", ","])).map("".join))
def test_any_header_is_judged(header: str) -> None:
    hsts_fault(header)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (facts(address(answer())), True),
        (facts(address(answer(404))), True),
        (facts(address(answer(headers=GOOD_HSTS))), False),
        (facts(address(answer(headers=[(HSTS, "rubbish")]))), False),  # that is http.hsts_invalid
        (facts(address(answer(503))), False),  # error pages lack the headers of the others
        (facts(address(answer()), host="203.0.113.7"), False),  # it would not count (RFC 6797 §8.1.1)
        (facts(address(answer(), faults=["certificate.expired"])), False),
        (facts(address(answer(headers=GOOD_HSTS)), address(answer(), ip="203.0.113.8")), True),
        (facts(address(plain=answer())), False),
        # One header on any page counts for the host.
        (facts(address(answer(301)), traces=[trace(f"https://{HOST}/", f"https://{HOST}/a",
               last=answer(headers=GOOD_HSTS))]), False),
    ],
)  # fmt: skip
def test_a_missing_hsts_header_is_told(seen: Facts, expected: bool) -> None:
    assert (page.hsts_missing(seen) is not None) is expected


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([(HSTS, "max-age=x y")], True),
        ([(HSTS, "max-age=x y"), *GOOD_HSTS], True),  # the first counts
        ([*GOOD_HSTS, (HSTS, "max-age=x y")], False),
        ([], False),
    ],
)
def test_the_first_hsts_header_counts(headers: list[tuple[str, str]], expected: bool) -> None:
    assert (page.hsts_invalid(facts(address(answer(headers=headers)))) is not None) is expected


def test_an_hsts_header_over_plain_http_is_nobody_s_fault() -> None:
    plain = answer(headers=[(HSTS, "rubbish")], url=f"http://{HOST}/")
    assert page.hsts_invalid(facts(address(answer(headers=GOOD_HSTS), plain=plain))) is None


U = "http://cdn.example/x"


@pytest.mark.parametrize(
    ("html", "parts"),
    [
        (MIXED_CONTENT, 2),
        (f"<script src={U}></script>", 1),
        (f"<SCRIPT SRC='{U.upper()}'>", 1),
        (f'<script type="module" src="{U}">', 1),
        (f'<link rel="preload StyleSheet" href="{U}">', 1),
        (f'<iframe src="{U}">', 1),
        (f'<frameset><frame src="{U}">', 1),
        (f'<object data="{U}">', 1),
        (f'<embed src="{U}">', 1),
        ('<script src="ht\ntp://cdn.example/x">', 1),  # line ends within are dropped
        ('<script src="http:&#47;/cdn.example/x">', 1),
        (f'<base href="{U}/"><script src="a.js">', 1),  # relative to plain HTTP
        (f'<script\nasync\nsrc="{U}"/>', 1),
        (f'<p title="<!--"><script src="{U}">', 1),
        (CLEAN_CONTENT, 0),
        (f'<img src="{U}">', 0),  # browsers load it over https or leave it out, without harm to the page
        (f'<a href="{U}">', 0),
        (f'<link rel="canonical" href="{U}">', 0),
        (f'<form action="{U}">', 0),
        (f'<script type="application/json" src="{U}">', 0),
        (f'<script>document.write("<script src={U}>")</script>', 0),  # a text within a script
        (f'<!-- <script src="{U}"></script> -->', 0),
        (f'<noscript><iframe src="{U}"></iframe></noscript>', 0),
        (f'<template><script src="{U}"></script></template>', 0),
        (f'<textarea><script src="{U}"></textarea>', 0),
        ('<script src="//cdn.example/x">', 0),
        ('<script src="http.js">', 0),
        ('<script src="http://localhost:3000/x">', 0),  # the visitor's own machine
        ('<iframe src="http://127.0.0.1/">', 0),
        (f'<script data-src="{U}">', 0),
        (f'<script src="/a.js" src="{U}">', 0),  # the first attribute counts
        (f'<meta http-equiv="Content-Security-Policy" content="upgrade-insecure-requests"><script src="{U}">', 0),
        (f'<script src="{U}', 0),  # a tag that never ends is none
        ("", 0),
    ],
)
def test_what_a_page_loads_over_plain_http_is_counted(html: str, parts: int) -> None:
    found = page.mixed_content(facts(address(answer(body=html, headers=[("Content-Type", "text/html")]))))
    assert (found.evidence["count"] if found is not None else 0) == parts


@pytest.mark.parametrize(
    "headers",
    [
        [("Content-Type", "text/plain")],
        [("Content-Type", "application/json; charset=utf-8")],
        [("Content-Security-Policy", "default-src 'self'; upgrade-insecure-requests")],
    ],
)
def test_only_pages_that_browsers_would_not_upgrade_count(headers: list[tuple[str, str]]) -> None:
    assert page.mixed_content(facts(address(answer(body=MIXED_CONTENT, headers=headers)))) is None


def test_the_page_after_redirects_on_the_host_is_read_and_that_of_another_host_is_not() -> None:
    for last, expected in ((f"https://{HOST}/a", True), ("https://other.example/", False), (f"http://{HOST}/a", False)):
        way = trace(f"https://{HOST}/", last, last=answer(body=MIXED_CONTENT, url=last))
        assert (page.mixed_content(facts(address(answer(301)), traces=[way])) is not None) is expected


_MARKUP = st.lists(
    st.sampled_from(
        ["<", ">", "</", "<!--", "-->", "script", " src=", "http:", "'", '"', "=", " ", "/", "template", "a", "&"]
    )
)


@given(st.binary() | _MARKUP.map(lambda pieces: "".join(pieces).encode()))
def test_any_body_is_read(body: bytes) -> None:
    read_page(answer(body=body))


@pytest.mark.parametrize(
    "unit", ["<a", "<a b", "<a b='", "<!--", "<a b=c ", '<a x="', "</a", "<script>", "<a/ = ", "&#x"]
)
def test_a_hostile_page_is_read_in_one_pass(unit: str) -> None:
    body = (unit * (131072 // len(unit))).encode()
    started = time.process_time()
    read_page(answer(body=body))
    assert time.process_time() - started < 1


WRONG_PORT = PLAIN_TO_HTTPS.body


@pytest.mark.parametrize(
    ("over_tls", "plain", "expected"),
    [
        (answer(421), None, "https"),
        (answer(400, body=WRONG_PORT), None, "https"),
        (answer(497, body=WRONG_PORT), None, "https"),
        (answer(400, body="Reason: You're speaking plain HTTP to an SSL-enabled server port."), None, "https"),
        (answer(400, body="Client sent an HTTP request to an HTTPS server.\n"), None, "https"),
        (answer(), answer(400, body=WRONG_PORT), "http"),
        (answer(), answer(421), "http"),
        (answer(400, body="Bad Request"), answer(), None),
        (answer(200, body=WRONG_PORT), None, None),  # a page that writes about it
        (answer(404), answer(404), None),
    ],
)
def test_a_request_at_the_wrong_place_is_known(over_tls: object, plain: object, expected: str | None) -> None:
    found = http.misdirected(facts(address(over_tls, plain=plain)))  # type: ignore[arg-type]
    assert (str(found.evidence["url"]).partition(":")[0] if found is not None else None) == (
        "https" if expected is not None else None
    )
    assert found is None or ("port 80" in found.summary.lower()) is (expected == "http" and plain.status == 400)  # type: ignore[attr-defined]


CLOUDFLARE = [("Server", "cloudflare")]


@pytest.mark.parametrize(
    ("status", "headers", "body", "by"),
    [
        (500, [], "", "server"),
        (503, [("Server", "nginx")], "", "server"),
        (502, [("Server", "nginx")], "", "proxy"),
        (504, [], "", "proxy"),
        (502, CLOUDFLARE, "", "unknown"),  # passed on, or made
        (502, CLOUDFLARE, '<div id="cf-error-details">', "cdn"),
        (503, [("Via", "1.1 heroku-router")], '<iframe src="//www.herokucdn.com/error-pages/x.html">', "host"),
        (499, [], "", None),
        (404, [], "", None),
        (403, CLOUDFLARE, "", None),
        (200, [], "", None),
    ],
)
def test_an_error_is_told_with_who_made_it(
    status: int, headers: list[tuple[str, str]], body: str, by: str | None
) -> None:
    found = http.server_error(facts(address(answer(status, headers=headers, body=body))))
    assert (found.evidence["by"] if found is not None else None) == by


def test_an_error_after_a_redirect_on_the_host_counts_and_one_elsewhere_does_not() -> None:
    for last, expected in ((f"https://{HOST}/a", True), ("https://other.example/", False)):
        way = trace(f"https://{HOST}/", last, statuses=[301, 500], last=answer(500, url=last))
        assert (http.server_error(facts(address(answer(301)), traces=[way])) is not None) is expected


@pytest.mark.parametrize(("seconds", "expected"), [(6.0, Confidence.PROVEN), (2.0, Confidence.LIKELY), (1.0, None)])
def test_silence_after_a_redirect_counts_as_far_as_the_server_had_its_time(
    seconds: float, expected: Confidence | None
) -> None:
    silent = answer(None, outcome=HttpOutcome.TIMEOUT, seconds=seconds, url=f"https://{HOST}/a")
    way = trace(f"https://{HOST}/", f"https://{HOST}/a", end=TraceEnd.FAILED, last=silent)
    found = http.timeout(facts(address(answer(301)), traces=[way]))
    assert (found.confidence if found is not None else None) == expected
    assert found is None or "no answer to the request for /a" in found.explanation


@pytest.mark.parametrize(("seconds", "expected"), [(6.0, Confidence.PROVEN), (0.5, Confidence.LIKELY)])
def test_silence_that_was_cut_short_is_only_likely(seconds: float, expected: Confidence) -> None:
    found = http.timeout(facts(address(answer(None, outcome=HttpOutcome.TIMEOUT, seconds=seconds))))
    assert found is not None
    assert found.confidence is expected
    assert ("likely and not proven" in found.explanation) is (expected is Confidence.LIKELY)


@pytest.mark.parametrize(("others", "words"), [([answer(200)], "some visitors"), ([], "for everyone")])
@pytest.mark.parametrize("bad", [answer(503), answer(421), answer(None, outcome=HttpOutcome.CLOSED)])
def test_what_one_address_answers_is_broken_for_some(bad: HttpAnswer, others: list[HttpAnswer], words: str) -> None:
    nodes = [address(one, ip=f"203.0.113.{number}") for number, one in enumerate([bad, *others], 7)]
    root = judge(facts(*nodes)).root
    assert root is not None
    assert words in root.explanation


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (HttpOutcome.TIMEOUT, "http.timeout"),
        (HttpOutcome.CLOSED, "http.invalid_response"),
        (HttpOutcome.INVALID, "http.invalid_response"),
        (HttpOutcome.ALERT, "http.invalid_response"),
        (HttpOutcome.NOT_TRIED, None),
    ],
)
def test_no_answer_is_told_by_how_it_failed_to_come(outcome: HttpOutcome, code: str | None) -> None:
    seen = facts(address(answer(None, outcome=outcome)))
    assert [name for name, cause in http.CAUSES.items() if cause(seen)] == ([code] if code is not None else [])
