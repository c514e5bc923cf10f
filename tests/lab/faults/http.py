"""Faults of redirects and of HTTP."""

from collections.abc import Callable

from tests.lab import http, tcp, tls
from tests.lab.certificates import DAY
from tests.lab.faults.fault import Fault, Need, Start, good, host
from tests.lab.hosts import NOT_ALLOWED, Check, Lab, serves
from tests.lab.http import Response, Script, page, redirect
from tests.lab.tcp import Handler

Scripts = Callable[[str], Script]


def _https(script: Script) -> Start:
    """A good certificate, and these answers."""
    return host(lambda lab, name: serves(lab.ca.leaf(name), script))


def _https_does(behaviour: Handler) -> Start:
    """A good certificate, and this inside TLS."""
    return host(lambda lab, name: tls.tls(lab.ca.leaf(name), behaviour))


def _wants_http1(response: Response, *, goodbye: bool = False) -> Start:
    """A server that chooses HTTP/2 and answers over HTTP/1.1 only, as IIS does for Windows authentication."""

    def serve(lab: Lab, name: str) -> Handler:
        context = tls.context_of(lab.ca.leaf(name), alpn=("h2", "http/1.1"))
        return tls.tls(context, http.wants_http1(http.http(response), goodbye=goodbye))

    return host(serve)


def _plain(script: Script) -> Start:
    """A good HTTPS, and these answers on port 80."""
    return host(lambda lab, name: lab.ca.leaf(name), http=http.http(script))


def _both(https: Scripts, *, plain: Scripts | None = None) -> Start:
    """A good certificate, and answers that depend on the host's name."""

    def start(lab: Lab, name: str) -> Check:
        port_80 = http.http(plain(name)) if plain else None
        return lab.check(lab.site(name, https=serves(lab.ca.leaf(name), https(name)), http=port_80))

    return start


def _leads_to_www(*, expired: bool) -> Start:
    """A host that leads to its www twin, whose certificate is good or expired."""

    def start(lab: Lab, name: str) -> Check:
        issued = lab.ca.issue(f"www.{name}", begins=-90 * DAY, ends=(-2 if expired else 60) * DAY)
        other = lab.site(f"www.{name}", https=issued.healthy)
        return lab.check(lab.site(name, https=serves(lab.ca.leaf(name), redirect(other.url))))

    return start


def _leads_inside(lab: Lab, name: str) -> Check:
    """A redirect to an address that is not allowed."""
    return lab.check(lab.site(name, https=serves(lab.ca.leaf(name), redirect(f"https://{NOT_ALLOWED}/"))))


def _leads_to_name_inside(lab: Lab, name: str) -> Check:
    """A redirect to a name that has such an address."""
    lab.dns.add(f"inside.{name}", f"A {NOT_ALLOWED}")
    return lab.check(lab.site(name, https=serves(lab.ca.leaf(name), redirect(f"https://inside.{name}/"))))


def _leads_to_other_port(lab: Lab, name: str) -> Check:
    """A redirect to a port that Padlock may not contact."""
    return lab.check(lab.site(name, https=serves(lab.ca.leaf(name), redirect(f"https://{name}:9443/"))))


def _circle_with_www(lab: Lab, name: str) -> Check:
    """The bare name leads to www, and www back."""
    there = lab.site(f"www.{name}", https=serves(lab.ca.leaf(f"www.{name}"), redirect(f"https://{lab.target(name)}/")))
    return lab.check(lab.site(name, https=serves(lab.ca.leaf(name), redirect(there.url))))


def _port_80(handler: tcp.Handler | tcp.Listener) -> Start:
    return host(lambda lab, name: lab.ca.leaf(name), http=handler)


def _circle_of_pages(name: str) -> Script:
    return {"/": redirect("/a"), "/a": redirect("/b"), "/b": redirect("/a")}


def _other_page(name: str) -> Script:
    return {"/": redirect("/a"), "/a": page()}


_REAL = frozenset({Need.REAL_PORTS})
_HSTS = "Strict-Transport-Security"

REDIRECT = (
    Fault(
        code="redirect.missing", name="no-redirect", broken=_plain(page()), healthy=_plain(http.to_https), needs=_REAL
    ),
    Fault(code="redirect.loop", name="pages-circle", broken=_both(_circle_of_pages), healthy=_both(_other_page)),
    # Back and forth between http and https, and the redirect that ends once a cookie is set.
    Fault(
        code="redirect.loop",
        name="schemes-circle",
        broken=_both(lambda name: redirect(f"http://{name}/"), plain=lambda name: redirect(f"https://{name}/")),
        healthy=_https(http.until_cookie),
        needs=_REAL,
    ),
    Fault(code="redirect.loop", name="www-circle", broken=_circle_with_www, healthy=_leads_to_www(expired=False)),
    Fault(
        code="redirect.too_many",
        name="too-many",
        broken=_both(lambda name: http.chain_of_redirects(30, base="")),
        healthy=_both(lambda name: http.chain_of_redirects(10, base="")),
    ),
    Fault(
        code="redirect.too_many",
        name="ever-new",
        broken=_both(lambda name: http.new_redirect_each_time()),
        healthy=good,
    ),
    Fault(
        code="redirect.downgrade",
        name="downgrade",
        broken=_both(lambda name: redirect(f"http://{name}/plain"), plain=lambda name: page()),
        healthy=_both(lambda name: {"/": redirect(f"http://{name}/home"), "/home": page()}),
        needs=_REAL,
    ),
    Fault(
        code="redirect.broken_target",
        name="leads-to-expired",
        broken=_leads_to_www(expired=True),
        healthy=_leads_to_www(expired=False),
    ),
    Fault(
        code="redirect.invalid_location",
        name="no-location",
        broken=_https(redirect(None)),
        healthy=_both(lambda name: {"/": redirect("home"), "/home": page()}),
    ),
    Fault(code="redirect.invalid_location", name="empty-host", broken=_https(redirect("https:///")), healthy=good),
    Fault(
        code="redirect.forbidden_target",
        name="leads-inside",
        broken=_leads_inside,
        healthy=_leads_to_www(expired=False),
    ),
    Fault(
        code="redirect.forbidden_target",
        name="leads-to-name-inside",
        broken=_leads_to_name_inside,
        healthy=_leads_to_www(expired=False),
    ),
    Fault(
        code="redirect.forbidden_target",
        name="leads-to-other-port",
        broken=_leads_to_other_port,
        healthy=_leads_to_www(expired=False),
    ),
    Fault(
        code="redirect.temporary",
        name="temporary",
        broken=_both(lambda name: page(), plain=lambda name: redirect(f"https://{name}/", status=302)),
        healthy=_both(lambda name: page(), plain=lambda name: redirect(f"https://{name}/", status=308)),
        needs=_REAL,
    ),
)


def _misdirected_page(name: str) -> Response:
    return http.PLAIN_TO_HTTPS


HTTP = (
    Fault(code="http.port_closed", name="port-80-closed", broken=_port_80(tcp.Refused()), healthy=good, needs=_REAL),
    Fault(
        code="http.server_error", name="error-500", broken=_https(page(status=500)), healthy=_https(page(status=404))
    ),
    Fault(
        code="http.server_error", name="error-503", broken=_https(page(status=503)), healthy=_https(page(status=403))
    ),
    Fault(
        code="http.server_error",
        name="wants-http-1",
        broken=_wants_http1(page(status=500)),
        healthy=_wants_http1(page()),
    ),
    Fault(
        code="http.server_error",
        name="wants-http-1-and-ends",
        broken=_wants_http1(page(status=500), goodbye=True),
        healthy=_wants_http1(page(status=401), goodbye=True),
    ),
    Fault(code="http.misdirected", name="error-421", broken=_https(page(status=421)), healthy=_https(page(status=404))),
    Fault(
        code="http.misdirected",
        name="plain-to-https-port",
        broken=_both(_misdirected_page),
        healthy=_https(page(status=400)),
    ),
    Fault(
        code="http.misdirected",
        name="port-80-expects-tls",
        broken=_plain(http.PLAIN_TO_HTTPS),
        healthy=_plain(page(status=400)),
        needs=_REAL,
    ),
    Fault(
        code="http.timeout",
        name="no-answer",
        broken=_https_does(http.never_answers),
        healthy=_https_does(http.late(page(), seconds=0.5)),
    ),
    Fault(code="http.timeout", name="header-drip", broken=_https_does(http.header_drip), healthy=good),
    Fault(code="http.invalid_response", name="not-http", broken=_https_does(http.not_http), healthy=good),
    Fault(code="http.invalid_response", name="bad-status", broken=_https_does(http.bad_status_line), healthy=good),
    Fault(code="http.invalid_response", name="http-0-9", broken=_https_does(http.http_0_9), healthy=good),
    Fault(code="http.hsts_missing", name="no-hsts", broken=_https(page(hsts=False)), healthy=good),
    Fault(
        code="http.hsts_invalid",
        name="bad-hsts",
        broken=_https(page(hsts=False).with_headers((_HSTS, "max-age=a year"))),
        healthy=_https(page(hsts=False).with_headers((_HSTS, 'max-age="31536000" ; includeSubDomains'))),
    ),
    Fault(
        code="http.mixed_content",
        name="mixed",
        broken=_https(page(http.MIXED_CONTENT)),
        healthy=_https(page(http.CLEAN_CONTENT)),
    ),
)
