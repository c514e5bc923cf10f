"""Hand-made answers, one for each thing that can be shown; a new cause changes none of them."""

from datetime import UTC, datetime

from bot.answer import Answer, AnswerKind
from bot.report import Report
from diagnostics.catalogue import CheckName
from diagnostics.facts import (
    AddressFacts,
    CertificateSummary,
    Connect,
    ConnectStatus,
    DnsStatus,
    Facts,
    Handshake,
    HandshakeStatus,
    Hop,
    Refusal,
    Resolution,
    Trace,
    TraceEnd,
    Vantage,
)
from diagnostics.finding import Confidence, Evidence, Finding, Severity
from diagnostics.judge import Check, CheckStatus, Diagnosis, Verdict
from knowledge.article import Article, ArticleKind, Match

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
VANTAGE = Vantage(nameservers=("192.0.2.53",), families=("IPv4", "IPv6"), roots="certifi 2026.10.22")

Q4 = Article(
    id="q4",
    kind=ArticleKind.FAQ,
    question="Do the CDN's certificates follow those of my origin?",
    text="No. The two are **independent**: renew the CDN's certificate in the [CDN console](https://console.example.com/cdn).",
    document="HTTPS on the CDN",
)
Q6 = Article(
    id="q6",
    kind=ArticleKind.FAQ,
    question="Why does HTTPS not work after I configured the CDN?",
    text=(
        "HTTPS has to be configured on the CDN too:\n\n"
        "1. Log in to the [CDN console](https://console.example.com/cdn).\n"
        "2. Choose **Domain Management**, then **Manage**.\n"
        "3. Open **HTTPS Configuration** and choose **Configure Now**. The certificates lie in Certificate Management, "
        "where a new one can be uploaded.\n\n"
        "> Note: it takes up to 30 minutes.\n\n"
        "| Setting | Value |\n|---|---|\n| Protocol | HTTP/2 |\n| Redirect | forced |\n\n"
        "```nginx\nlisten 443 ssl;\n```\n\n"
        "- see the [guide](https://docs.example.com/cdn/https-configuration-guide#configure-a-certificate-for-a-domain)\n"
        "  - and its second chapter"
    ),
    document="HTTPS on the CDN",
)
Q3 = Article(
    id="q3", kind=ArticleKind.FAQ, question="How do I configure a certificate?", text="In the console.", document="FAQ"
)
EXPIRED_PAGE = Article(
    id="certificate.expired",
    kind=ArticleKind.CAUSE,
    question="The certificate has expired",
    text="The server's certificate is past its end date.",
    document="certificate.expired.md",
)

CERTIFICATE = CertificateSummary(
    subject="CN=shop.example.com",
    issuer="CN=Example Issuing CA 3,O=Example Trust Services",
    dns_names=("shop.example.com", "www.shop.example.com"),
    ip_addresses=(),
    not_before=datetime(2026, 8, 23, tzinfo=UTC),
    not_after=datetime(2026, 11, 21, tzinfo=UTC),
    sha256="ab" * 32,
    serial="0a1b",
    key="RSA 2048",
    signature="sha256WithRSAEncryption",
    must_staple=False,
    issuer_urls=(),
    ocsp_urls=(),
    crl_urls=(),
    chain=("CN=Example Issuing CA 3,O=Example Trust Services",),
)


def reached(ip: str, *, leaf: bytes = b"leaf") -> AddressFacts:
    """An address that shook hands."""
    return AddressFacts(
        ip=ip,
        connect=Connect(status=ConnectStatus.CONNECTED, seconds=0.02),
        handshake=Handshake(
            status=HandshakeStatus.COMPLETED,
            tls_version="TLSv1.3",
            cipher="TLS_AES_256_GCM_SHA384",
            alpn="h2",
            chain=(leaf,),
        ),
    )


def unreached(ip: str, status: ConnectStatus) -> AddressFacts:
    """An address that did not open a connection."""
    return AddressFacts(ip=ip, connect=Connect(status=status))


def checks(*statuses: CheckStatus, details: tuple[str, ...] = ("", "", "", "", "")) -> tuple[Check, ...]:
    """The five checks, with times that differ."""
    return tuple(
        Check(name=name, status=status, seconds=0.012 * (place + 1), detail=detail)
        for place, (name, status, detail) in enumerate(zip(CheckName, statuses, details, strict=True))
    )


PASSED, WARNED, FAILED, SKIPPED = CheckStatus.PASSED, CheckStatus.WARNED, CheckStatus.FAILED, CheckStatus.SKIPPED


# The catalogue's words of some day, so that a better title there changes no golden file.
TITLES = {
    "certificate.expired": (Severity.ERROR, "The certificate has expired"),
    "redirect.missing": (Severity.WARNING, "Plain HTTP does not lead to HTTPS"),
    "http.hsts_missing": (Severity.INFO, "Browsers are not told to always use HTTPS"),
    "cdn.certificate_not_deployed": (Severity.ERROR, "HTTPS is not set up for this domain on the CDN"),
    "target.forbidden": (Severity.ERROR, "This address is not public, so it was not contacted"),
    "target.invalid": (Severity.ERROR, "This is no host name, address or web address"),
}


def finding(
    code: str,
    *,
    summary: str,
    explanation: str,
    fix: tuple[str, ...],
    evidence: Evidence | None = None,
    confidence: Confidence = Confidence.PROVEN,
) -> Finding:
    """A finding as of that day."""
    severity, title = TITLES[code]
    return Finding(
        code=code,
        severity=severity,
        confidence=confidence,
        title=title,
        summary=summary,
        explanation=explanation,
        fix=fix,
        evidence=evidence or {},
    )


def healthy() -> Report:
    """A host with nothing to say about."""
    facts = Facts(
        text="shop.example.com",
        host="shop.example.com",
        port=443,
        started_at=NOON,
        resolution=Resolution(status=DnsStatus.ANSWERED, addresses=("203.0.113.7",), seconds=0.012),
        addresses=(reached("203.0.113.7"),),
        certificate=CERTIFICATE,
        vantage=VANTAGE,
        seconds=0.214,
    )
    details = ("1 address", "1 of 1 reached", "TLS 1.3 with HTTP/2", "valid for 40 more days", "http leads to https")
    return Report(
        target="shop.example.com",
        diagnosis=Diagnosis(
            verdict=Verdict.WORKS,
            cause=None,
            summary="HTTPS works on shop.example.com.",
            findings=(),
            checks=checks(PASSED, PASSED, PASSED, PASSED, PASSED, details=details),
            facts=facts,
        ),
    )


def expired_on_cdn() -> Report:
    """A host behind a CDN whose certificate has expired on one of three addresses, with aliases and redirects."""
    expired = finding(
        "certificate.expired",
        summary="The certificate for shop.example.com expired 3 days ago, so browsers refuse the connection.",
        explanation=(
            "The certificate that the server sent ended on 21 November 2026 at 00:00 UTC, and Padlock's clock says "
            "24 November. Visitors meet the CDN's edge and not the origin, so the certificate that counts is the one "
            "on the CDN."
        ),
        fix=(
            "Get a new certificate for shop.example.com, or renew the one you have.",
            "Upload it in the CDN console, https://console.example.com/cdn, and choose it for the domain.",
            "Check again after 30 minutes.",
        ),
        evidence={"not_after": "2026-11-21T00:00:00Z", "addresses": ["203.0.113.7"]},
    )
    missing = finding(
        "redirect.missing",
        summary="http://shop.example.com/ answers with a page and does not lead to HTTPS.",
        explanation="Port 80 answered with status 200.",
        fix=("Turn on Forced Redirection.",),
        evidence={"status": 200, "addresses": ["203.0.113.7", "203.0.113.8"]},
    )
    hsts = finding("http.hsts_missing", summary="There is no HSTS header.", explanation="", fix=())
    facts = Facts(
        text="https://shop.example.com/cart",
        host="shop.example.com",
        port=443,
        started_at=NOON,
        resolution=Resolution(
            status=DnsStatus.ANSWERED,
            addresses=("203.0.113.7", "203.0.113.8", "2001:db8::7"),
            aliases=("shop.example.com.cdn.example.net",),
            seconds=0.012,
        ),
        addresses=(
            reached("203.0.113.7"),
            unreached("203.0.113.8", ConnectStatus.REFUSED),
            unreached("2001:db8::7", ConnectStatus.NO_ROUTE),
        ),
        omitted_addresses=2,
        traces=(
            Trace(
                start="http://shop.example.com/",
                ip="203.0.113.7",
                hops=(
                    Hop(url="http://shop.example.com/", status=301, location="https://shop.example.com/"),
                    Hop(url="https://shop.example.com/", status=200),
                ),
                end=TraceEnd.ANSWER,
                last_url="https://shop.example.com/",
            ),
        ),
        certificate=CERTIFICATE,
        vantage=VANTAGE,
        seconds=0.3149,
    )
    return Report(
        target="https://shop.example.com/cart",
        diagnosis=Diagnosis(
            verdict=Verdict.BROKEN,
            cause="certificate.expired",
            summary=expired.summary,
            findings=(expired, missing, hsts),
            checks=checks(
                PASSED, WARNED, PASSED, FAILED, SKIPPED,
                details=("3 addresses, 1 alias", "1 of 2 reached", "TLS 1.3", "expired 3 days ago", "not followed"),
            ),
            facts=facts,
        ),
        articles={"certificate.expired": (Q4, EXPIRED_PAGE), "redirect.missing": (Q6,)},
    )  # fmt: skip


def not_deployed() -> Report:
    """A CDN's default certificate on another port: likely, and mended by an entry with steps."""
    found = finding(
        "cdn.certificate_not_deployed",
        summary="The CDN answers for shop.example.com with its own certificate.",
        explanation="Its names are the provider's.",
        fix=("Configure a certificate for the domain in the CDN console.",),
        confidence=Confidence.LIKELY,
    )
    facts = Facts(
        text="shop.example.com:8443", host="shop.example.com", port=8443, started_at=NOON, vantage=VANTAGE, seconds=1.5
    )
    return Report(
        target="shop.example.com:8443",
        diagnosis=Diagnosis(
            verdict=Verdict.BROKEN,
            cause=found.code,
            summary=found.summary,
            findings=(found,),
            checks=checks(PASSED, PASSED, PASSED, FAILED, SKIPPED),
            facts=facts,
        ),
        articles={found.code: (Q6, Q3)},
    )


def forbidden() -> Report:
    """A target that was not contacted."""
    found = finding(
        "target.forbidden",
        summary="intranet.example.com has an address that is not public, so it was not contacted.",
        explanation="Padlock contacts public addresses only.",
        fix=("Ask the operator of this Padlock to allow the network.",),
    )
    facts = Facts(
        text="intranet.example.com",
        host="intranet.example.com",
        port=443,
        started_at=NOON,
        refusal=Refusal.ADDRESS,
        # Even where they were left in, a report tells none of these.
        resolution=Resolution(status=DnsStatus.ANSWERED, addresses=("10.1.2.3",), aliases=("inside.example.com",)),
        vantage=VANTAGE,
        seconds=0.07,
    )
    return Report(
        target="intranet.example.com",
        diagnosis=Diagnosis(
            verdict=Verdict.NOT_CHECKED,
            cause=found.code,
            summary=found.summary,
            findings=(found,),
            checks=(),
            facts=facts,
        ),
    )


def invalid() -> Report:
    """What is no target."""
    found = finding("target.invalid", summary='"not a host" is no host name.', explanation="It has spaces.", fix=())
    facts = Facts(text="not a host", host=None, port=None, started_at=NOON, refusal=Refusal.INVALID)
    return Report(
        target="not a host",
        diagnosis=Diagnosis(
            verdict=Verdict.NOT_CHECKED,
            cause=found.code,
            summary=found.summary,
            findings=(found,),
            checks=(),
            facts=facts,
        ),
    )


def answers() -> dict[str, Answer]:
    """Every kind of answer, by the name of its golden file."""
    return {
        "faq": Answer(question="why no https after the cdn?", kind=AnswerKind.FAQ, article=Q6, score=0.93, also=(Q4,)),
        "healthy": Answer(question="shop.example.com", kind=AnswerKind.DIAGNOSIS, reports=(healthy(),)),
        "expired_on_cdn": Answer(
            question="is shop.example.com broken?",
            kind=AnswerKind.BOTH,
            article=Q4,
            score=0.8,
            candidates=(Match(Q4, 0.8),),
            reports=(expired_on_cdn(),),
        ),
        "not_deployed": Answer(
            question="shop.example.com:8443", kind=AnswerKind.BOTH, article=Q6, score=1.0, reports=(not_deployed(),)
        ),
        "several": Answer(
            question="shop.example.com and intranet.example.com",
            kind=AnswerKind.DIAGNOSIS,
            note="I looked at the first hosts you named.",
            reports=(healthy(), forbidden(), invalid()),
        ),
        "unsure": Answer(
            question="certificate",
            kind=AnswerKind.UNSURE,
            note="I am not sure which of these you mean:",
            candidates=(Match(Q3, 0.41), Match(Q4, 0.39)),
        ),
        "none": Answer(question="lunch?", kind=AnswerKind.NONE, note="I don't know that one.\n\n- `shop.example.com`"),
        "smalltalk": Answer(question="thanks", kind=AnswerKind.SMALLTALK, note="You are welcome."),
    }
