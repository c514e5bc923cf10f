"""Faults of a CDN: hosts that are aliases of one, and what its edges do."""

from collections.abc import Callable

from tests.lab import tls
from tests.lab.ca import LabCa, rsa_key
from tests.lab.certificates import DAY
from tests.lab.faults.fault import Fault, Need, Served, Start
from tests.lab.hosts import Check, Lab, Node, serves
from tests.lab.http import Response, Script, page, redirect
from tests.lab.tls import Identity

TENCENT, CLOUDFLARE, CLOUDFRONT = "cdn.dnsv1.com", "cdn.cloudflare.net", "cloudfront.net"
_TENCENT_DEFAULT = ("*.cdn.myqcloud.com", "cdn.myqcloud.com")
# What the providers' edges add to their answers.
_TENCENT_MARKS = (("Server", "NWSs"), ("X-NWS-LOG-UUID", "5f0c8a1e-7d4b-4a0e-9c5f-0d3a4b1c2e6f"))
_CLOUDFLARE_MARKS = (("Server", "cloudflare"), ("CF-RAY", "8f0a1b2c3d4e5f60-FRA"))
_CLOUDFRONT_MARKS = (
    ("Server", "CloudFront"),
    ("X-Cache", "Error from cloudfront"),
    ("Via", "1.1 0123456789abcdef.cloudfront.net (CloudFront)"),
)


def behind(lab: Lab, name: str, *nodes: Node, suffix: str = TENCENT) -> Check:
    """A host that is an alias under the CDN's suffix, and has these edges."""
    edge = f"{name}.{suffix}"
    site = lab.site(edge, nodes=nodes)
    lab.dns.add(name, f"CNAME {edge}.")
    return lab.check(site.target.replace(edge, name))


def _edge(make: Callable[[Lab, str], Served], *, suffix: str = TENCENT, label: str = "") -> Start:
    """One edge, by what is on its HTTPS port; the host is `label` and the fault's name."""
    return lambda lab, name: behind(lab, label + name, Node(make(lab, label + name)), suffix=suffix)


def _edges(*makes: Callable[[LabCa, str], Identity]) -> Start:
    """Several edges, by what they present."""
    return lambda lab, name: behind(lab, name, *(Node(make(lab.ca, name)) for make in makes))


def _answers(response: Script, *, suffix: str = TENCENT) -> Start:
    """An edge with a good certificate that answers requests like this."""
    return _edge(lambda lab, name: serves(lab.ca.leaf(name), response), suffix=suffix)


def _good(ca: LabCa, name: str) -> Identity:
    return ca.leaf(name)


def _rsa(ca: LabCa, name: str) -> Identity:
    return ca.issue(name, own_key=rsa_key()).healthy


def _expired(ca: LabCa, name: str) -> Identity:
    return ca.issue(name, begins=-90 * DAY, ends=-2 * DAY).healthy


def _expiring(ca: LabCa, name: str) -> Identity:
    return ca.issue(name, begins=-80 * DAY, ends=4 * DAY).healthy


def _another_name_too(ca: LabCa, name: str) -> Identity:
    return ca.leaf(name, f"www.{name}")


def _automatic(lab: Lab, name: str) -> Identity:
    """What Cloudflare makes by itself: the zone and one label below it. The zone is the last two labels of four."""
    zone = ".".join(name.split(".")[-2:])
    return lab.ca.leaf(zone, f"*.{zone}")


def _back_to_itself(lab: Lab, name: str) -> Check:
    """The origin is asked over plain HTTP, and sends everybody to https."""
    to_itself = redirect(f"https://{name}/").with_headers(*_CLOUDFLARE_MARKS)
    return behind(lab, name, Node(serves(lab.ca.leaf(name), to_itself)), suffix=CLOUDFLARE)


def _to_another_page(lab: Lab, name: str) -> Check:
    script = {"/": redirect(f"https://{name}/home").with_headers(*_CLOUDFLARE_MARKS), "/home": page()}
    return behind(lab, name, Node(serves(lab.ca.leaf(name), script)), suffix=CLOUDFLARE)


def _status(number: int, *marks: tuple[str, str]) -> Response:
    return page(status=number).with_headers(*marks)


CDN = (
    Fault(
        code="cdn.certificate_not_deployed",
        name="cdn-default",
        broken=_edge(lambda lab, name: lab.ca.leaf(*_TENCENT_DEFAULT)),
        healthy=_edge(lambda lab, name: lab.ca.leaf(name)),
    ),
    Fault(
        code="cdn.certificate_not_deployed",
        name="cdn-rejects",
        broken=_edge(lambda lab, name: tls.alert(112)),
        healthy=_edge(lambda lab, name: tls.tls(tls.by_name({name: lab.ca.leaf(name)}, default=None))),
    ),
    Fault(
        code="cdn.subdomain_not_covered",
        name="cdn-two-levels",
        broken=_edge(_automatic, suffix=CLOUDFLARE, label="a.b."),
        healthy=_edge(_automatic, suffix=CLOUDFLARE, label="b."),
    ),
    Fault(
        code="cdn.subdomain_not_covered",
        name="cdn-deep-refused",
        broken=_edge(lambda lab, name: tls.alert(40), suffix=CLOUDFLARE, label="a.b."),
        healthy=_edge(_automatic, suffix=CLOUDFLARE, label="b."),
    ),
    Fault(code="cdn.stale_node", name="cdn-stale", broken=_edges(_good, _expired), healthy=_edges(_good, _good)),
)

NODES_DIFFER = (
    # The same names with keys of two kinds are no difference.
    Fault(
        code="cdn.nodes_differ",
        name="cdn-names-differ",
        broken=_edges(_good, _another_name_too),
        healthy=_edges(_good, _rsa),
    ),
    Fault(
        code="cdn.nodes_differ", name="cdn-one-expiring", broken=_edges(_good, _expiring), healthy=_edges(_rsa, _good)
    ),
)

_NEEDS_REAL_PORTS = frozenset({Need.REAL_PORTS})
# A page that is not there is a working HTTPS.
_TENCENT_404 = _answers(_status(404, *_TENCENT_MARKS))
_CLOUDFLARE_404 = _answers(_status(404, *_CLOUDFLARE_MARKS), suffix=CLOUDFLARE)

ORIGIN = (
    Fault(
        code="cdn.redirect_loop",
        name="cdn-loop",
        broken=_back_to_itself,
        healthy=_to_another_page,
        needs=_NEEDS_REAL_PORTS,
    ),
    Fault(
        code="cdn.loop_detected",
        name="tencent-423",
        broken=_answers(_status(423, *_TENCENT_MARKS)),
        healthy=_TENCENT_404,
    ),
    *(
        Fault(
            code=code,
            name=f"tencent-{number}",
            broken=_answers(_status(number, *_TENCENT_MARKS)),
            healthy=_TENCENT_404,
        )
        for code, number in (
            ("cdn.origin_certificate_invalid", 539),
            ("cdn.origin_certificate_invalid", 540),
            ("cdn.origin_unreachable", 532),
            ("http.origin_tls_error", 538),
            ("http.origin_tls_error", 562),
        )
    ),
    *(
        Fault(
            code=code,
            name=f"cloudflare-{number}",
            broken=_answers(_status(number, *_CLOUDFLARE_MARKS), suffix=CLOUDFLARE),
            healthy=_CLOUDFLARE_404,
        )
        for code, number in (
            ("cdn.origin_certificate_invalid", 526),
            ("cdn.origin_unreachable", 522),
            ("cdn.origin_unreachable", 530),
            ("http.origin_tls_error", 525),
        )
    ),
    Fault(
        code="http.origin_tls_error",
        name="cloudfront-502",
        broken=_answers(_status(502, *_CLOUDFRONT_MARKS), suffix=CLOUDFRONT),
        healthy=_answers(page().with_headers(("X-Cache", "Hit from cloudfront")), suffix=CLOUDFRONT),
    ),
)
