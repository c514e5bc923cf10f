"""Redirects are followed hop by hop as browsers follow them, to real servers, and no further than allowed."""

import asyncio
import itertools
from collections.abc import Callable, Iterator

import pytest

from diagnostics.diagnose import Diagnosis, diagnose
from diagnostics.facts import Refusal, Trace, TraceEnd
from diagnostics.finding import Confidence, Severity
from tests.lab import tcp, tls
from tests.lab.certificates import DAY
from tests.lab.faults.cdn import behind
from tests.lab.hosts import NOT_ALLOWED, Check, Lab, Node, serves
from tests.lab.http import PLAIN_TO_HTTPS, Request, Response, Script, http, page, read_request, redirect, wants_http1
from tests.lab.tcp import Handler, Stream

TIMEOUT = 8.0  # seconds

_numbers = itertools.count()


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab() as running:
        yield running


@pytest.fixture
def name() -> str:
    return f"way{next(_numbers)}.example"


def _look(check: Check, *, timeout: float = TIMEOUT) -> Diagnosis:
    return asyncio.run(diagnose(check.target, options=check.options(timeout=timeout)))


def _https(lab: Lab, name: str, script: Script, *, plain: Script | None = None) -> Diagnosis:
    port_80 = http(plain) if plain is not None else None
    return _look(lab.check(lab.site(name, https=serves(lab.ca.leaf(name), script), http=port_80)))


def _way(diagnosis: Diagnosis, scheme: str = "https") -> Trace:
    return next(trace for trace in diagnosis.facts.traces if trace.start.startswith(f"{scheme}://"))


def _needs_real_ports(lab: Lab) -> None:
    if not lab.real_ports:
        pytest.skip("needs ports 443 and 80")


def _steps(count: int) -> Callable[[Request], Response]:
    def respond(request: Request) -> Response:
        step = int(request.path.strip("/") or "0")
        return redirect(f"/{step + 1}") if step < count else page()

    return respond


@pytest.mark.parametrize(("count", "cause"), [(20, None), (21, "redirect.too_many")])
def test_twenty_redirects_are_followed_and_the_next_is_too_many(
    lab: Lab, name: str, count: int, cause: str | None
) -> None:
    # A redirect from port 80 would be one more, for those who begin there.
    diagnosis = _https(lab, name, _steps(count), plain=page(status=404))
    assert diagnosis.cause == cause
    assert len(_way(diagnosis).hops) == 21
    assert [hop.status for hop in _way(diagnosis).hops[:20]] == [301] * 20


def test_a_loop_of_twenty_one_pages_is_a_loop(lab: Lab, name: str) -> None:
    def respond(request: Request) -> Response:
        return redirect(f"/{(int(request.path.strip('/') or '0') + 1) % 15 or ''}")

    assert _https(lab, name, respond).cause == "redirect.loop"


def _counts_visits(end: int) -> Callable[[Request], Response]:
    """Sets a cookie that counts, and redirects to itself until that many visits."""

    def respond(request: Request) -> Response:
        visits = int(request.header("cookie").partition("=")[2] or "0") + 1
        answer = page() if visits > end else redirect("/")
        return answer.with_headers(("Set-Cookie", f"visits={visits}; Path=/"))

    return respond


@pytest.mark.parametrize(("end", "cause"), [(3, None), (99, "redirect.loop")])
def test_a_circle_that_cookies_end_is_none(lab: Lab, name: str, end: int, cause: str | None) -> None:
    diagnosis = _https(lab, name, _counts_visits(end))
    assert diagnosis.cause == cause
    assert _way(diagnosis).cookies
    if cause is not None:
        assert diagnosis.root is not None
        assert diagnosis.root.evidence["kind"] == "same_url"


def test_a_circle_between_bare_and_www_is_told_as_such(lab: Lab, name: str) -> None:
    other = lab.site(f"www.{name}", https=serves(lab.ca.leaf(f"www.{name}"), redirect(f"https://{lab.target(name)}/")))
    diagnosis = _https(lab, name, redirect(other.url))
    assert diagnosis.root is not None
    assert (diagnosis.cause, diagnosis.root.evidence["kind"]) == ("redirect.loop", "www")


def test_a_circle_through_another_host_is_told_as_such(lab: Lab, name: str) -> None:
    other = lab.site(
        f"login-{name}", https=serves(lab.ca.leaf(f"login-{name}"), redirect(f"https://{lab.target(name)}/"))
    )
    diagnosis = _https(lab, name, redirect(other.url))
    assert diagnosis.root is not None
    assert (diagnosis.cause, diagnosis.root.evidence["kind"]) == ("redirect.loop", "hosts")


def test_a_way_through_another_host_and_back_is_none(lab: Lab, name: str) -> None:
    back = f"https://{lab.target(name)}/in"
    other = lab.site(f"login-{name}", https=serves(lab.ca.leaf(f"login-{name}"), redirect(back)))
    diagnosis = _https(lab, name, {"/": redirect(other.url), "/in": page()})
    assert diagnosis.cause is None
    assert [hop.url for hop in _way(diagnosis).hops] == [f"https://{lab.target(name)}/", other.url, back]


@pytest.mark.parametrize(
    "location", ["home", "/home", "./home#top", "https:home", "https:/home", r"\home", "/x/../home", " /ho\tme "]
)
def test_a_location_leads_where_browsers_go(lab: Lab, name: str, location: str) -> None:
    diagnosis = _https(lab, name, {"/": redirect(location), "/home": page()})
    assert diagnosis.cause is None
    assert _way(diagnosis).last_url.endswith("/home")
    assert [hop.status for hop in _way(diagnosis).hops] == [301, 200]


@pytest.mark.parametrize("location", [None, "https:///", "ftp://x.example/", "https://x.example:0/", "https://a b/"])
def test_a_location_that_leads_nowhere_is_told(lab: Lab, name: str, location: str | None) -> None:
    assert _https(lab, name, redirect(location)).cause == "redirect.invalid_location"


@pytest.mark.parametrize(("second", "cause"), [("/b", "redirect.invalid_location"), ("/a", None)])
def test_two_locations_are_refused_where_they_differ(lab: Lab, name: str, second: str, cause: str | None) -> None:
    twice = redirect("/a").with_headers(("Location", second))
    assert _https(lab, name, {"/": twice, "/a": page()}).cause == cause


@pytest.mark.parametrize("start", ["https://", "//", "https:///", r"\\"])
def test_credentials_are_dropped_and_shown_nowhere(lab: Lab, name: str, start: str) -> None:
    diagnosis = _https(lab, name, {"/": redirect(f"{start}u:s3cret@{lab.target(name)}/in"), "/in": page()})
    assert diagnosis.cause is None
    shown = [hop.location for hop in _way(diagnosis).hops] + [hop.url for hop in _way(diagnosis).hops]
    assert "s3cret" not in str((shown, diagnosis.findings, diagnosis.checks, diagnosis.summary))


def test_after_a_certificate_error_https_is_not_followed_and_http_is_still_told(lab: Lab, name: str) -> None:
    _needs_real_ports(lab)
    expired = lab.ca.issue(name, begins=-90 * DAY, ends=-2 * DAY).healthy
    site = lab.site(
        name, https=serves(expired, redirect("/loop")), http=http(redirect(f"https://{name}/x", status=302))
    )
    diagnosis = _look(lab.check(site))
    (way,) = diagnosis.facts.traces
    assert diagnosis.cause == "certificate.expired"
    assert (way.start, way.end, way.last_url) == (f"http://{name}/", TraceEnd.STOPPED, f"https://{name}/x")
    assert [hop.status for hop in way.hops] == [302]
    assert "redirect.temporary" in [finding.code for finding in diagnosis.findings]
    assert "redirect.loop" not in [finding.code for finding in diagnosis.findings]


def test_with_a_good_certificate_the_same_way_is_followed(lab: Lab, name: str) -> None:
    _needs_real_ports(lab)
    diagnosis = _https(lab, name, {"/": redirect("/x"), "/x": page()}, plain=redirect(f"https://{name}/x"))
    assert [trace.end for trace in diagnosis.facts.traces] == [TraceEnd.ANSWER, TraceEnd.ANSWER]


def test_a_port_outside_the_allowed_ones_is_a_warning_on_a_public_host(lab: Lab, name: str) -> None:
    diagnosis = _https(lab, name, redirect(f"https://{name}:9443/"))
    assert diagnosis.root is not None
    assert (diagnosis.cause, diagnosis.root.severity) == ("redirect.forbidden_target", Severity.WARNING)
    assert _way(diagnosis).refusal is Refusal.PORT


def test_such_a_port_on_a_host_that_is_not_public_is_an_error(lab: Lab, name: str) -> None:
    lab.dns.add(f"inside.{name}", f"A {NOT_ALLOWED}")
    for target in (NOT_ALLOWED, f"inside.{name}"):
        diagnosis = _https(lab, f"to-{target}-{name}".replace(f".{name}", "").replace(".", "-") + ".example",
                           redirect(f"https://{target}:9443/"))  # fmt: skip
        assert diagnosis.root is not None
        assert (diagnosis.cause, diagnosis.root.severity) == ("redirect.forbidden_target", Severity.ERROR)


def test_a_host_that_does_not_exist_is_a_broken_target(lab: Lab, name: str) -> None:
    diagnosis = _https(lab, name, redirect(f"https://gone.{name}/"))
    assert diagnosis.root is not None
    assert diagnosis.cause == "redirect.broken_target"
    assert diagnosis.root.evidence["cause"] == "dns.nxdomain"
    assert diagnosis.root.evidence["host"] == f"gone.{name}"


@pytest.mark.parametrize(
    ("script", "cause"),
    [
        (Response(503), "http.server_error"),
        (Response(421), "http.misdirected"),
        (PLAIN_TO_HTTPS, "http.misdirected"),  # a proxy there takes the encryption off
        (page(status=400), None),
        (
            Response(526, (("Server", "cloudflare"), ("CF-RAY", "8f0a1b2c3d4e5f60-FRA"))),
            "cdn.origin_certificate_invalid",
        ),
        (page(), None),  # the twin: it works there
        (Response(404), None),  # a 4xx answer is a working HTTPS
        (Response(999), None),  # no status of HTTP's, and no 5xx
    ],
)
def test_the_other_hosts_own_answer_counts(lab: Lab, name: str, script: Response, cause: str | None) -> None:
    other = lab.site(f"other-{name}", https=serves(lab.ca.leaf(f"other-{name}"), script))
    diagnosis = _https(lab, name, redirect(other.url))
    found = {finding.code: finding.evidence for finding in diagnosis.findings}
    told = found.get("redirect.broken_target", {})
    assert (told.get("host"), told.get("cause")) == ((f"other-{name}", cause) if cause else (None, None))


@pytest.mark.parametrize(
    ("suffix", "cause"), [("cdn.dnsv1.com", "cdn.origin_certificate_invalid"), ("example", "http.server_error")]
)
def test_the_other_hosts_aliases_tell_what_its_status_means(lab: Lab, name: str, suffix: str, cause: str) -> None:
    other = behind(lab, f"other-{name}", Node(serves(lab.ca.leaf(f"other-{name}"), Response(540))), suffix=suffix)
    root = _look(_sends_to(lab, name, f"https://{other.target}/")).root
    assert root is not None
    assert root.evidence["cause"] == cause


def _sends_to(lab: Lab, name: str, target: str) -> Check:
    return lab.check(lab.site(name, https=serves(lab.ca.leaf(name), redirect(target))))


def test_a_target_that_stays_silent_is_likely_broken_where_it_had_some_time(lab: Lab, name: str) -> None:
    silent = lab.site(f"silent-{name}", https=tcp.hang)
    diagnosis = _look(_sends_to(lab, name, silent.url), timeout=2.5)
    assert diagnosis.root is not None
    assert (diagnosis.cause, diagnosis.root.confidence) == ("redirect.broken_target", Confidence.LIKELY)
    assert diagnosis.root.evidence["cause"] == "tls.timeout"
    assert "less time" in diagnosis.root.explanation


def test_and_is_not_blamed_where_it_had_hardly_any_which_is_said(lab: Lab, name: str) -> None:
    silent = lab.site(f"silent-{name}", https=tcp.hang)
    diagnosis = _look(_sends_to(lab, name, silent.url), timeout=1.2)
    (check,) = [check for check in diagnosis.checks if check.name == "redirect"]
    assert (diagnosis.verdict, diagnosis.cause, check.status) == ("works", None, "skipped")
    assert f"silent-{name}" in check.detail
    assert "before the time was up" in diagnosis.summary
    quick = lab.site(f"quick-{name}", https=serves(lab.ca.leaf(f"quick-{name}")))
    assert _look(_sends_to(lab, f"x{name}", quick.url), timeout=1.2).summary.endswith(f"works on x{name}.")


def _silent_beyond(path: str) -> Handler:
    async def handle(stream: Stream) -> None:
        while (request := await read_request(stream)) is not None:
            if request.path == path:
                await tcp.hang(stream)
            await stream.write(f"HTTP/1.1 302 Found\r\nLocation: {path}\r\nContent-Length: 0\r\n\r\n".encode())

    return handle


@pytest.mark.parametrize(("timeout", "cause", "status"), [(2.5, "http.timeout", "failed"), (1.2, None, "skipped")])
def test_a_further_page_that_stays_silent_is_told_or_said_not_to_have_been_seen(
    lab: Lab, name: str, timeout: float, cause: str | None, status: str
) -> None:
    site = lab.site(name, https=tls.tls(lab.ca.leaf(name), _silent_beyond("/slow")))
    diagnosis = _look(lab.check(site), timeout=timeout)
    assert (diagnosis.cause, diagnosis.checks[-1].status) == (cause, status)


@pytest.mark.parametrize(("status", "cause"), [(503, "http.server_error"), (200, None)])
def test_another_port_of_the_host_is_another_place(lab: Lab, name: str, status: int, cause: str | None) -> None:
    _needs_real_ports(lab)
    site = lab.site(name, https=serves(lab.ca.leaf(name), redirect(f"https://{name}:8443/")))
    lab.put(serves(lab.ca.leaf(name), page(status=status)), port=8443, address=lab.addresses(name)[0])
    root = _look(lab.check(site)).root
    told = (root.evidence["host"], root.evidence["port"], root.evidence["cause"]) if root is not None else None
    assert told == ((name, 8443, cause) if cause else None)


def test_nothing_is_asked_twice(lab: Lab, name: str) -> None:
    _needs_real_ports(lab)
    asked: list[str] = []

    def respond(request: Request) -> Response:
        asked.append(request.path)
        return redirect("/home") if request.path == "/" else page()

    assert _https(lab, name, respond).cause is None
    assert asked == ["/", "/home"]


def test_a_refused_plain_target_is_a_broken_target_and_a_downgrade(lab: Lab, name: str) -> None:
    _needs_real_ports(lab)
    address = lab.addresses(lab.site(f"bare.{name}").name)[0]
    lab.dns.add(f"closed.{name}", f"A {address}")
    diagnosis = _https(lab, name, redirect(f"http://closed.{name}:8443/"))
    codes = [finding.code for finding in diagnosis.findings]
    assert {"redirect.broken_target", "redirect.downgrade"} <= set(codes)


@pytest.mark.parametrize(("answer", "cause"), [(PLAIN_TO_HTTPS, "http.misdirected"), (page(status=400), None)])
def test_plain_http_to_the_https_port_of_another_host_is_a_broken_target(
    lab: Lab, name: str, answer: Response, cause: str | None
) -> None:
    _needs_real_ports(lab)
    address = lab.addresses(lab.site(f"bare.{name}").name)[0]
    lab.dns.add(f"other.{name}", f"A {address}")
    lab.put(http(answer), port=8443, address=address)
    diagnosis = _https(lab, name, page(), plain=redirect(f"http://other.{name}:8443/"))
    told = {finding.code: finding.evidence for finding in diagnosis.findings}.get("redirect.broken_target", {})
    assert told.get("cause") == cause
    assert (diagnosis.cause == "redirect.broken_target") is (cause is not None)


def test_a_server_elsewhere_that_wants_http_1_is_asked_over_it(lab: Lab, name: str) -> None:
    for script, cause in ((page(status=500), "redirect.broken_target"), (page(), None)):
        other = f"other{script.status}-{name}"
        context = tls.context_of(lab.ca.leaf(other), alpn=("h2", "http/1.1"))
        there = lab.site(other, https=tls.tls(context, wants_http1(http(script))))
        assert _look(_sends_to(lab, f"from{script.status}-{name}", there.url)).cause == cause


def test_an_error_page_behind_a_redirect_is_the_server_s(lab: Lab, name: str) -> None:
    assert _https(lab, name, {"/": redirect("/in"), "/in": page(status=500)}).cause == "http.server_error"
    assert _https(lab, f"x{name}", {"/": redirect("/in"), "/in": page(status=404)}).cause is None


@pytest.mark.parametrize(
    ("plain", "cause"),
    [
        (PLAIN_TO_HTTPS, "http.misdirected"),
        (page(status=400), None),
        (page('<meta http-equiv="refresh" content="0; url=https://HOST/">'), None),
        (page('<meta http-equiv="refresh" content="0; url=http://HOST/x">'), "redirect.missing"),
        (page(status=500), None),
        (page(), "redirect.missing"),
    ],
)
def test_what_port_80_answers_is_judged_by_what_visitors_get(
    lab: Lab, name: str, plain: Response, cause: str | None
) -> None:
    _needs_real_ports(lab)
    plain = Response(plain.status, plain.headers, plain.body.replace(b"HOST", name.encode()))
    diagnosis = _https(lab, name, page(), plain=plain)
    assert diagnosis.cause == cause
    assert ("redirect.temporary" in [finding.code for finding in diagnosis.findings]) is (b"url=https" in plain.body)


def test_a_cdn_without_a_certificate_for_a_deep_name_is_known_by_port_80(lab: Lab, name: str) -> None:
    _needs_real_ports(lab)
    by_cloudflare = http(redirect(f"https://a.b.{name}/").with_headers(("Server", "cloudflare")))
    deep = lab.site(f"a.b.{name}", nodes=[Node(tls.alert(40), by_cloudflare)])
    assert _look(lab.check(deep)).cause == "cdn.subdomain_not_covered"
    shallow = lab.site(f"b.{name}", nodes=[Node(tls.alert(40), by_cloudflare)])
    assert _look(lab.check(shallow)).cause == "cdn.certificate_not_deployed"
    unknown = lab.site(f"c.b.{name}", nodes=[Node(tls.alert(40), http(redirect(f"https://a.b.{name}/")))])
    assert _look(lab.check(unknown)).cause == "tls.handshake_failure"


def test_a_self_redirect_behind_a_cdn_is_the_cdn_s_and_without_one_it_is_a_loop(lab: Lab, name: str) -> None:
    def to_itself(request: Request) -> Response:
        return redirect(f"https://{lab.target(request.host)}/")

    edge = Node(serves(lab.ca.leaf(name), to_itself))
    assert _look(behind(lab, name, edge)).cause == "cdn.redirect_loop"
    assert _https(lab, f"x{name}", to_itself).cause == "redirect.loop"
