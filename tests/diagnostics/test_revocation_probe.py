"""The issuer is asked in order, staple, OCSP, list, until one of them proves something; each ends in time."""

import asyncio
from collections.abc import Iterator, Sequence

import pytest
from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID

from diagnostics import limits
from diagnostics.facts import Revocation, RevocationStatus
from diagnostics.probes.guard import Guard
from diagnostics.probes.resolve import Resolver, parse_nameserver
from diagnostics.probes.revocation import check_revocation
from tests.lab import http, tcp
from tests.lab.ca import Issued
from tests.lab.certificates import DAY
from tests.lab.hosts import NOT_ALLOWED, OPEN_HTTPS_PORT, Lab
from tests.lab.http import Request, Response
from tests.lab.revocation import RevocationAnswer
from tests.lab.tcp import Handler

GOOD, REVOKED, UNKNOWN = RevocationStatus.GOOD, RevocationStatus.REVOKED, RevocationStatus.UNKNOWN
HOST = "shop.example"


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab() as lab:
        yield lab


async def check(lab: Lab, issued: Issued, *, staple: bytes | None = None, seconds: float = 10) -> Revocation:
    return await check_revocation(
        issued.made.der,
        lab.ca.intermediate.made.der,
        staple=staple,
        guard=Guard(allow_networks=lab.allow_networks),
        resolver=Resolver((parse_nameserver(lab.dns.address),)),
        deadline=asyncio.get_running_loop().time() + seconds,
        now=lab.now,
    )


def certificate(lab: Lab, *, ocsp: Sequence[str] = (), crl: Sequence[str] = ()) -> Issued:
    """A certificate that names these addresses."""
    access = [
        x509.AccessDescription(AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(url)) for url in ocsp
    ]
    points = [x509.DistributionPoint([x509.UniformResourceIdentifier(url)], None, None, None) for url in crl]
    extensions: list[tuple[x509.ExtensionType, bool]] = []
    if access:
        extensions.append((x509.AuthorityInformationAccess(access), False))
    if points:
        extensions.append((x509.CRLDistributionPoints(points), False))
    return lab.ca.issue(HOST, extensions=extensions)


def serve(lab: Lab, name: str, handler: Handler) -> str:
    """Put something on a name; the answer is its URL."""
    lab.dns.add(name, f"A {lab.put(handler, port=OPEN_HTTPS_PORT)}")
    return f"http://{name}:{OPEN_HTTPS_PORT}"


def listed(lab: Lab, answer: RevocationAnswer) -> str:
    return f"{lab.ca.base_url}/crl/{answer}"


def responder(lab: Lab, answer: RevocationAnswer) -> str:
    return f"{lab.ca.base_url}/ocsp/{answer}"


async def test_a_certificate_that_names_no_place_is_not_asked_about(lab: Lab) -> None:
    assert (await check(lab, lab.ca.issue(HOST))).status is RevocationStatus.NOT_OFFERED


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (RevocationAnswer.GOOD, GOOD),
        (RevocationAnswer.DELEGATED, GOOD),
        (RevocationAnswer.REVOKED, REVOKED),
        (RevocationAnswer.DELEGATED_REVOKED, REVOKED),
        (RevocationAnswer.UNKNOWN, UNKNOWN),
        (RevocationAnswer.STALE, UNKNOWN),
        (RevocationAnswer.WRONG_SIGNER, UNKNOWN),
        (RevocationAnswer.WRONG_USAGE, UNKNOWN),
        (RevocationAnswer.TRY_LATER, UNKNOWN),
        (RevocationAnswer.RUBBISH, UNKNOWN),
    ],
)
async def test_what_the_responder_says(lab: Lab, answer: RevocationAnswer, status: RevocationStatus) -> None:
    found = await check(lab, lab.ca.issue(HOST, ocsp=answer))
    assert found.status is status
    assert found.source == (None if status is UNKNOWN else "ocsp")
    assert bool(found.detail) == (status is UNKNOWN)


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (RevocationAnswer.GOOD, GOOD),
        (RevocationAnswer.REVOKED, REVOKED),
        (RevocationAnswer.STALE, UNKNOWN),
        (RevocationAnswer.WRONG_SIGNER, UNKNOWN),
        (RevocationAnswer.RUBBISH, UNKNOWN),
    ],
)
async def test_what_the_list_says(lab: Lab, answer: RevocationAnswer, status: RevocationStatus) -> None:
    found = await check(lab, lab.ca.issue(HOST, crl=answer))
    assert found.status is status
    assert found.source == (None if status is UNKNOWN else "crl")


async def test_revoked_comes_with_time_and_reason(lab: Lab) -> None:
    found = await check(lab, lab.ca.issue(HOST, ocsp=RevocationAnswer.REVOKED))
    assert found.revoked_at == (lab.now - 2 * DAY).replace(microsecond=0)
    assert found.reason == "key compromise"


@pytest.mark.parametrize("answer", [RevocationAnswer.GOOD, RevocationAnswer.REVOKED])
async def test_a_staple_that_proves_something_needs_no_connection(lab: Lab, answer: RevocationAnswer) -> None:
    issued = lab.ca.issue(HOST, ocsp=RevocationAnswer.UNKNOWN, crl=RevocationAnswer.RUBBISH)
    found = await check(lab, issued, staple=lab.ca.staple(issued, answer))
    assert (found.status, found.source) == (RevocationStatus(answer.value), "staple")
    assert lab.ca.requests == []


@pytest.mark.parametrize("answer", [RevocationAnswer.STALE, RevocationAnswer.RUBBISH, RevocationAnswer.WRONG_SIGNER])
async def test_a_staple_that_proves_nothing_is_followed_by_a_question(lab: Lab, answer: RevocationAnswer) -> None:
    issued = lab.ca.issue(HOST, ocsp=RevocationAnswer.REVOKED)
    found = await check(lab, issued, staple=lab.ca.staple(issued, answer))
    assert (found.status, found.source) == (REVOKED, "ocsp")


async def test_a_stale_staple_alone_is_unknown(lab: Lab) -> None:
    issued = lab.ca.issue(HOST)
    found = await check(lab, issued, staple=lab.ca.staple(issued, RevocationAnswer.STALE))
    assert found.status is UNKNOWN
    assert found.detail is not None
    assert "out of date" in found.detail


async def test_a_good_answer_of_the_responder_leaves_the_list_alone(lab: Lab) -> None:
    issued = lab.ca.issue(HOST, ocsp=RevocationAnswer.GOOD, crl=RevocationAnswer.REVOKED)
    assert (await check(lab, issued)).status is GOOD
    assert [request.method for request in lab.ca.requests] == ["GET"]


async def test_the_list_is_looked_at_where_the_responder_proves_nothing(lab: Lab) -> None:
    issued = lab.ca.issue(HOST, ocsp=RevocationAnswer.TRY_LATER, crl=RevocationAnswer.REVOKED)
    found = await check(lab, issued)
    assert (found.status, found.source) == (REVOKED, "crl")


async def test_a_responder_that_knows_post_only_is_asked_so(lab: Lab) -> None:
    def respond(request: Request) -> Response:
        return lab.ca.respond(request) if request.method == "POST" else Response(405)

    url = serve(lab, "post.example", http.http(respond))
    found = await check(lab, certificate(lab, ocsp=[f"{url}/ocsp/{RevocationAnswer.REVOKED}"]))
    assert (found.status, found.source) == (REVOKED, "ocsp")
    asked = lab.ca.requests[-1]
    assert asked.header("content-type") == "application/ocsp-request"


async def test_the_second_address_is_asked_where_the_first_fails(lab: Lab) -> None:
    urls = ["http://gone.example/", responder(lab, RevocationAnswer.GOOD)]
    assert (await check(lab, certificate(lab, ocsp=urls))).status is GOOD


BAD_PLACES: dict[str, Handler] = {
    "404": http.http(Response(404)),
    "a page": http.http(),
    "an empty answer": http.http(Response(200)),
    "FIN": http.closes_without_answer,
    "RST": http.resets_without_answer,
    "a body without end": http.endless_body,
    "headers without end": http.endless_header_lines,
    "interim answers without end": http.interim_flood,
    "a body that breaks off": http.short_body,
    "no HTTP": http.not_http,
    "a list that is too large": http.http(Response(200, (), b"0" * (limits.CRL_BYTES + 1))),
}


@pytest.mark.parametrize("case", BAD_PLACES)
async def test_a_bad_place_is_unknown_and_said_so(lab: Lab, case: str) -> None:
    url = serve(lab, "bad.example", BAD_PLACES[case])
    found = await check(lab, certificate(lab, ocsp=[f"{url}/o"], crl=[f"{url}/c"]))
    assert found.status is UNKNOWN
    assert found.detail is not None
    assert found.detail.startswith("the OCSP service at bad.example ")
    assert "; the revocation list at bad.example " in found.detail


@pytest.mark.parametrize("handler", [tcp.hang, http.header_drip, http.body_drip], ids=["silence", "headers", "body"])
async def test_a_slow_place_is_given_up(lab: Lab, handler: Handler) -> None:
    url = serve(lab, "slow.example", handler)
    found = await check(lab, certificate(lab, ocsp=[url], crl=[url]), seconds=0.4)
    assert found.status is UNKNOWN


async def test_a_silent_responder_leaves_time_for_the_list(lab: Lab) -> None:
    url = serve(lab, "slow.example", tcp.hang)
    issued = certificate(lab, ocsp=[url], crl=[listed(lab, RevocationAnswer.REVOKED)])
    found = await check(lab, issued, seconds=2)
    assert (found.status, found.source) == (REVOKED, "crl")


FORBIDDEN = {
    "an address": f"http://{NOT_ALLOWED}:{OPEN_HTTPS_PORT}/",
    "the address of a name": f"http://inside.example:{OPEN_HTTPS_PORT}/",
    "a port": f"http://{NOT_ALLOWED}:22/",
    "metadata": "http://169.254.169.254/latest/",
    "a name that does not exist": "http://nowhere.example/",
}


@pytest.mark.parametrize("case", FORBIDDEN)
async def test_what_the_guard_forbids_is_not_contacted(lab: Lab, case: str) -> None:
    inside = tcp.Server(http.http())
    try:
        lab.put(inside, port=OPEN_HTTPS_PORT, address=NOT_ALLOWED)
    except OSError:
        pytest.skip(f"port {OPEN_HTTPS_PORT} of {NOT_ALLOWED} is in use")
    lab.dns.add("inside.example", f"A {NOT_ALLOWED}")
    found = await check(lab, certificate(lab, ocsp=[FORBIDDEN[case]], crl=[FORBIDDEN[case]]))
    assert found.status is UNKNOWN
    assert inside.connections == 0
    assert found.detail is not None
    assert found.detail.count("has no address that may be contacted") == 2


ODD = {
    "HTTPS": "https://ca.lab.example/",
    "LDAP": "ldap://ca.lab.example/cn=x?certificateRevocationList",
    "nothing": "",
    "no URL": "http://",
    "a port that is none": "http://ca.lab.example:99999/",
    "a very long one": "http://ca.lab.example/" + "a" * 70_000,
    "control characters": "http://ca.lab.example/\x00\r\nX: y",
    "a space": "http://ca.lab.example/a b?c d#e",
    "credentials": "http://user:secret@ca.lab.example/",
}


@pytest.mark.parametrize("case", ODD)
async def test_an_odd_address_is_unknown_and_raises_nothing(lab: Lab, case: str) -> None:
    found = await check(lab, certificate(lab, ocsp=[ODD[case]], crl=[ODD[case]]))
    assert found.status is UNKNOWN
    assert found.detail
    assert "secret" not in found.detail


@pytest.mark.parametrize("data", [b"", b"rubbish", b"\x30\x00"])
async def test_certificates_that_cannot_be_read_are_unknown(lab: Lab, data: bytes) -> None:
    guard, resolver = Guard(), Resolver((parse_nameserver(lab.dns.address),))
    deadline = asyncio.get_running_loop().time() + 1
    found = await check_revocation(
        data, data, staple=data, guard=guard, resolver=resolver, deadline=deadline, now=lab.now
    )
    assert found.status is UNKNOWN


async def test_after_the_deadline_nothing_is_asked(lab: Lab) -> None:
    found = await check(lab, lab.ca.issue(HOST, ocsp=RevocationAnswer.REVOKED), seconds=-1)
    assert found.status is UNKNOWN
    assert lab.ca.requests == []
