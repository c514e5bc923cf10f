"""A report in the terminal: the verdict, how we know, what to do, and then what it rests on."""

from collections.abc import Sequence
from datetime import UTC, datetime

from bot.render.columns import columns
from bot.render.page import INDENT, Page, Style
from bot.report import Report
from diagnostics.catalogue import CheckName
from diagnostics.facts import AddressFacts, ConnectStatus, Facts, HandshakeStatus
from diagnostics.finding import Confidence, Finding, Severity
from diagnostics.judge import Check, CheckStatus, Diagnosis, Verdict
from diagnostics.plain_text import neutralise, safe_host

# A sentence holds values from outside; beyond this it is no sentence any more.
LONGEST_SENTENCE = 600
LONGEST_PARAGRAPH = 2_000
LONGEST_VALUE = 300
LONGEST_DETAIL = 160
# Whoever needs more of them reads the JSON.
MOST_NAMES = 6
MOST_NAMES_IN_DETAIL = 100
MOST_HOPS = 8
MOST_ALIASES = 8
BELOW = " " * 11  # below the words of a row whose first cell is 7 wide

VERDICTS = {
    Verdict.WORKS: ("WORKS", Style.GOOD),
    Verdict.WORKS_WITH_WARNINGS: ("WORKS, WITH WARNINGS", Style.DOUBTFUL),
    Verdict.BROKEN: ("BROKEN", Style.BAD),
    Verdict.NOT_CHECKED: ("NOT CHECKED", Style.DOUBTFUL),
}
STATUSES = {
    CheckStatus.PASSED: ("ok", Style.GOOD),
    CheckStatus.WARNED: ("warning", Style.DOUBTFUL),
    CheckStatus.FAILED: ("FAILED", Style.BAD),
    CheckStatus.SKIPPED: ("skipped", Style.FAINT),
}
SEVERITIES = {
    Severity.ERROR: ("error", Style.BAD),
    Severity.WARNING: ("warning", Style.DOUBTFUL),
    Severity.INFO: ("note", Style.FAINT),
}
CHECKS = {
    CheckName.DNS: "DNS",
    CheckName.TCP: "Connection",
    CheckName.HANDSHAKE: "Handshake",
    CheckName.CERTIFICATE: "Certificate",
    CheckName.REDIRECT: "Redirects",
}
CONFIDENCES = {
    Confidence.PROVEN: "",
    Confidence.LIKELY: "likely: the usual reason for what was seen",
    Confidence.POSSIBLE: "possible: one of several reasons for what was seen",
}
CONNECTS = {
    ConnectStatus.CONNECTED: "reached",
    ConnectStatus.REFUSED: "refuses the connection",
    ConnectStatus.TIMEOUT: "no answer",
    ConnectStatus.UNREACHABLE: "unreachable",
    ConnectStatus.NO_ROUTE: "not tried: no route from here",
    ConnectStatus.NOT_TRIED: "not tried: the time was up",
}


def verdict(page: Page, *, report: Report) -> None:
    """The first line: the verdict, the host, and the root cause in words."""
    diagnosis = report.diagnosis
    words, style = VERDICTS[diagnosis.verdict]
    cause = diagnosis.root
    works = neutralise(diagnosis.summary, limit=LONGEST_SENTENCE)
    told = f"{target(report)}: {neutralise(cause.title, limit=LONGEST_DETAIL)}" if cause else works
    page.labelled(f"[{words}]", told, style=style)


def root(page: Page, *, diagnosis: Diagnosis) -> None:
    """What is wrong, how we know, what to do; nothing where nothing is wrong."""
    found = diagnosis.root
    if found is None:
        return
    page.gap()
    page.paragraph(neutralise(diagnosis.summary, limit=LONGEST_SENTENCE))
    if found.explanation:
        page.heading("How we know", note=CONFIDENCES[found.confidence])
        page.paragraph(neutralise(found.explanation, limit=LONGEST_PARAGRAPH), first=INDENT)
    if found.fix:
        page.heading("What to do")
        page.steps([neutralise(step, limit=LONGEST_SENTENCE) for step in found.fix])


def rest(page: Page, *, diagnosis: Diagnosis, details: bool) -> None:
    """The other findings, and what everything rests on; with `details`, all of it."""
    facts = diagnosis.facts
    _also(page, [found for found in diagnosis.findings if found.code != diagnosis.cause], details=details)
    if diagnosis.checks:
        page.heading("Checks")
        for check in diagnosis.checks:
            check_row(page, check=check)
    if diagnosis.verdict is not Verdict.NOT_CHECKED or diagnosis.checks:
        _aliases(page, facts)
        _addresses(page, facts=facts, findings=diagnosis.findings, details=details)
        _hops(page, facts, most=None if details else MOST_HOPS)
        _certificate(page, facts, details=details)
        page.heading("Looked from")
        page.paragraph(_vantage(facts), first=INDENT)


def check_row(page: Page, *, check: Check) -> None:
    """One check: how it ended, its name, its time, what was seen."""
    words, style = STATUSES[check.status]
    time = "" if check.status is CheckStatus.SKIPPED else duration(check.seconds)
    cells = (words, CHECKS[check.name], time.rjust(6), neutralise(check.detail, limit=LONGEST_DETAIL))
    page.row(cells, widths=(7, 11, 6), style=style)


def target(report: Report) -> str:
    """The host, with its port where that is not HTTPS's own; what was typed where it is no host."""
    facts = report.diagnosis.facts
    if facts.host is None:
        return neutralise(report.target, limit=LONGEST_DETAIL) or "(empty)"
    host = safe_host(facts.host)
    host = f"[{host}]" if ":" in host and facts.port not in (443, None) else host
    return host if facts.port in (443, None) else f"{host}:{facts.port}"


def duration(seconds: float) -> str:
    """A time as people say it."""
    return f"{seconds * 1000:.0f} ms" if seconds < 0.9995 else f"{seconds:.1f} s"


def moment(time: datetime) -> str:
    """A moment in UTC, to the minute."""
    return time.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="minutes") + " UTC"


def _also(page: Page, findings: Sequence[Finding], *, details: bool) -> None:
    if not findings:
        return
    page.heading("Also seen")
    for found in findings:
        words, style = SEVERITIES[found.severity]
        page.row((words, neutralise(found.summary or found.title, limit=LONGEST_SENTENCE)), widths=(7,), style=style)
        if details:
            page.paragraph(neutralise(found.explanation, limit=LONGEST_PARAGRAPH), first=BELOW)
            page.steps([neutralise(step, limit=LONGEST_SENTENCE) for step in found.fix], lead=BELOW)


def _aliases(page: Page, facts: Facts) -> None:
    aliases = facts.resolution.aliases if facts.resolution else ()
    if not aliases:
        return
    page.heading("Aliases")
    page.paragraph(neutralise(facts.host or "", limit=LONGEST_VALUE), first=INDENT)
    for alias in aliases[:MOST_ALIASES]:
        page.paragraph(neutralise(alias, limit=LONGEST_VALUE), first=f"{INDENT}-> ")
    _more(page, count=len(aliases) - MOST_ALIASES)


def _addresses(page: Page, *, facts: Facts, findings: Sequence[Finding], details: bool) -> None:
    if len(facts.addresses) < (1 if details else 2) and not facts.omitted_addresses:
        return
    page.heading("Addresses")
    width = max(columns(address.ip) for address in facts.addresses) if facts.addresses else 0
    for address in facts.addresses:
        page.row((address.ip, _address(address, findings=findings, details=details)), widths=(width,))
    if facts.omitted_addresses:
        page.paragraph(f"and {facts.omitted_addresses} more, which were not tried", first=INDENT)


def _address(address: AddressFacts, *, findings: Sequence[Finding], details: bool) -> str:
    words = [CONNECTS[address.connect.status]]
    handshake = address.handshake
    if handshake is not None and handshake.completed:
        parts = (handshake.tls_version, handshake.cipher if details else None, handshake.alpn)
        words = [neutralise(part, limit=LONGEST_DETAIL) for part in parts if part]
    elif handshake is not None and handshake.status is not HandshakeStatus.NOT_TRIED:
        words = ["no TLS handshake"]
    titles = [
        found.title for found in findings if found.severity is not Severity.INFO and address.ip in found.addresses
    ]
    return "; ".join([" ".join(words) or "reached", *titles])


def _hops(page: Page, facts: Facts, *, most: int | None) -> None:
    steps = list(
        dict.fromkeys(
            (hop.url, hop.status, hop.location)
            for trace in facts.traces
            for hop in trace.hops
            if hop.location is not None
        )
    )
    if not steps:
        return
    page.heading("Redirects")
    for url, status, location in steps[:most]:
        page.paragraph(neutralise(url, limit=LONGEST_VALUE), first=INDENT)
        page.paragraph(
            neutralise(location or "", limit=LONGEST_VALUE), first=f"{INDENT}-> {status or ''} ".rstrip() + " "
        )
    _more(page, count=len(steps) - len(steps[:most]))


def _certificate(page: Page, facts: Facts, *, details: bool) -> None:
    certificate = facts.certificate
    if certificate is None:
        return
    names = [
        neutralise(name, limit=LONGEST_VALUE)
        for name in certificate.dns_names[: MOST_NAMES_IN_DETAIL if details else MOST_NAMES]
    ]
    more = len(certificate.dns_names) - len(names)
    if more > 0:
        names.append(f"and {more} more")
    dates = f"{moment(certificate.not_before)} to {moment(certificate.not_after)}"
    rows = [
        ("For", ", ".join(names) or neutralise(certificate.subject, limit=LONGEST_VALUE)),
        ("Issuer", neutralise(certificate.issuer, limit=LONGEST_VALUE)),
        ("Valid", dates),
    ]
    if details:
        rows += [
            ("Subject", neutralise(certificate.subject, limit=LONGEST_VALUE)),
            ("Key", neutralise(f"{certificate.key}, signed with {certificate.signature}", limit=LONGEST_VALUE)),
            ("SHA-256", neutralise(certificate.sha256, limit=LONGEST_VALUE)),
            *(("Chain", neutralise(subject, limit=LONGEST_VALUE)) for subject in certificate.chain[:MOST_NAMES]),
        ]
    page.heading("Certificate")
    for row in rows:
        page.row(row, widths=(7,))


def _more(page: Page, *, count: int) -> None:
    if count > 0:
        page.paragraph(f"and {count} more", first=INDENT)


def _vantage(facts: Facts) -> str:
    """Where it was looked from and when."""
    vantage = facts.vantage
    servers = " and ".join(neutralise(server, limit=LONGEST_DETAIL) for server in vantage.nameservers)
    families = " and ".join(neutralise(family, limit=LONGEST_DETAIL) for family in vantage.families)
    parts = [
        "this machine",
        f"over {families}" if families else "",
        f"with DNS by {servers}" if servers else "",
        f"with the roots of {neutralise(vantage.roots, limit=LONGEST_DETAIL)}" if vantage.roots else "",
        f"on {moment(facts.started_at)}",
        f"in {duration(facts.seconds)}",
    ]
    return ", ".join(part for part in parts if part)
