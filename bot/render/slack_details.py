"""Everything that was seen of a host, in Slack: steps with their times, addresses, redirects, the certificate."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bot.render.rich_text import Json, Part, block, bold, code, listing, plain, sections, small_print
from bot.render.slack_links import linked
from bot.render.slack_report import SEVERITIES, in_short, target, vantage
from bot.render.terminal_report import (
    CHECKS,
    CONFIDENCES,
    CONNECTS,
    LONGEST_DETAIL,
    LONGEST_PARAGRAPH,
    LONGEST_SENTENCE,
    LONGEST_VALUE,
    MOST_NAMES_IN_DETAIL,
    duration,
    moment,
)
from bot.report import Report
from diagnostics.facts import AddressFacts, CertificateSummary, Facts, HandshakeStatus
from diagnostics.finding import Finding, Severity
from diagnostics.judge import CheckStatus, Verdict
from diagnostics.plain_text import neutralise, safe_host

# Slack takes 100 rows of 20 cells and 10,000 characters in a table, and one table in a message; what is longer than
# this table at its longest would leave no room for anything beside it.
ROWS_MOST = 20
CELL_LONGEST = 60
FAULTS_LONGEST = 160
HOPS_MOST = 30
ALIASES_MOST = 10
CHAIN_MOST = 10
STATUSES = {
    CheckStatus.PASSED: "OK",
    CheckStatus.WARNED: "Warning",
    CheckStatus.FAILED: "Failed",
    CheckStatus.SKIPPED: "Left out",
}
NOTHING = "–"
NOT_LOOKED_AT = "Nothing was looked at."


def everything(report: Report, *, table: bool) -> Iterator[Json]:
    """All of it; `table` says whether the addresses may stand in a table, of which a message takes only one."""
    diagnosis = report.diagnosis
    facts = diagnosis.facts
    if diagnosis.verdict is Verdict.NOT_CHECKED and not diagnosis.checks:
        yield from block(sections([plain(NOT_LOOKED_AT)]))
        return
    if diagnosis.checks:
        items = [
            [bold(f"{CHECKS[check.name]}: "), plain(_check(STATUSES[check.status], check.seconds, check.detail))]
            for check in diagnosis.checks
        ]
        yield from _list("Checks, with their times", items)
    yield from _addresses(facts, diagnosis.findings, table=table)
    aliases = facts.resolution.aliases if facts.resolution else ()
    if aliases:
        names = [[code(neutralise(safe_host(alias), limit=LONGEST_VALUE))] for alias in aliases[:ALIASES_MOST]]
        yield from _list("The name is an alias of", [*names, *_more(len(aliases) - ALIASES_MOST)])
    yield from _hops(facts)
    if facts.certificate is not None:
        yield from _list("Certificate", list(_certificate(facts.certificate)))
    root = diagnosis.root
    if root is not None and len(in_short(root.explanation)[1]) > LONGEST_SENTENCE:
        words = neutralise(root.explanation, limit=LONGEST_PARAGRAPH)
        yield from block([*sections([bold("How we know, in full")]), *sections([plain(words)])])
    for found in diagnosis.findings:
        if found.code != diagnosis.cause:
            yield from _finding(found)


def closing(report: Report) -> Json:
    """When it was looked at, and from where."""
    return small_print(vantage(report, private=True, full=True))


def everything_in_words(report: Report) -> str:
    """The checks and the addresses as plain lines, for where blocks are refused."""
    diagnosis = report.diagnosis
    lines = [f"{target(report)}:"]
    if diagnosis.verdict is Verdict.NOT_CHECKED and not diagnosis.checks:
        return f"{lines[0]} {NOT_LOOKED_AT}"
    lines += [
        f"{CHECKS[check.name]}: {_check(STATUSES[check.status], check.seconds, check.detail)}"
        for check in diagnosis.checks
    ]
    for address in diagnosis.facts.addresses[:ROWS_MOST]:
        lines.append(", ".join(filter(None, _row(address, diagnosis.findings))))
    certificate = diagnosis.facts.certificate
    if certificate is not None:
        lines += ["".join(part.text for part in row) for row in _certificate(certificate)]
    return "\n".join(lines)


def _check(status: str, seconds: float, detail: str) -> str:
    time = "" if status == STATUSES[CheckStatus.SKIPPED] else f", {duration(seconds)}"
    shown = neutralise(detail, limit=LONGEST_DETAIL)
    return f"{status}{time}" + (f", {shown}" if shown else "")


def _addresses(facts: Facts, findings: Sequence[Finding], *, table: bool) -> Iterator[Json]:
    if not facts.addresses:
        return
    rows = [_row(address, findings) for address in facts.addresses[:ROWS_MOST]]
    omitted = facts.omitted_addresses + len(facts.addresses) - len(rows)
    if table:
        yield from block(sections([bold("Addresses")]))
        yield _table(("Address", "What was seen"), [_seen(row) for row in rows])
        if omitted:
            yield small_print(f"and {omitted} more, which were not tried")
        return
    items: list[list[Part]] = [[code(ip), plain(f": {', '.join(filter(None, rest))}")] for ip, *rest in rows]
    yield from _list(
        "Addresses", [*items, *([[plain(f"and {omitted} more, which were not tried")]] if omitted else [])]
    )


class Row(NamedTuple):
    """What was seen of an address, each part empty where there is nothing to say."""

    ip: str
    connection: str
    encryption: str
    cipher: str
    faults: str


def _row(address: AddressFacts, findings: Sequence[Finding]) -> Row:
    connect = address.connect
    time = f", {duration(connect.seconds)}" if connect.seconds else ""
    handshake = address.handshake
    encryption = cipher = ""
    if handshake is not None and handshake.completed:
        encryption = neutralise(", ".join(filter(None, (handshake.tls_version, handshake.alpn))), limit=CELL_LONGEST)
        cipher = neutralise(handshake.cipher or "", limit=CELL_LONGEST)
    elif handshake is not None and handshake.status is not HandshakeStatus.NOT_TRIED:
        encryption = "no TLS handshake"
    faults = [
        found.title for found in findings if found.severity is not Severity.INFO and address.ip in found.addresses
    ]
    return Row(
        ip=neutralise(address.ip, limit=CELL_LONGEST) or NOTHING,
        connection=f"{CONNECTS[connect.status]}{time}",
        encryption=encryption,
        cipher=cipher,
        faults=neutralise("; ".join(faults), limit=FAULTS_LONGEST),
    )


def _seen(row: Row) -> tuple[str, str]:
    """A row for a phone, on which two columns fit; the handshake's check has the cipher."""
    seen = f"{row.connection}, {row.encryption}" if row.encryption else row.connection
    return row.ip, "; ".join(filter(None, (seen, row.faults)))


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Json:
    """Rows of plain cells; all but the first column is wrapped."""
    return {
        "type": "table",
        "column_settings": [{"is_wrapped": place > 0} for place in range(len(head))],
        "rows": [[{"type": "raw_text", "text": cell} for cell in row] for row in (head, *rows)],
    }


def _hops(facts: Facts) -> Iterator[Json]:
    steps = list(dict.fromkeys((hop.url, hop.status, hop.location) for trace in facts.traces for hop in trace.hops))
    items: list[list[Part]] = []
    for url, status, location in steps[:HOPS_MOST]:
        item = [
            code(neutralise(url, limit=LONGEST_VALUE)),
            plain(f" answers {status}" if status else " does not answer"),
        ]
        if location is not None:
            item += [plain(" and leads to "), code(neutralise(location, limit=LONGEST_VALUE) or "(nothing)")]
        items.append(item)
    yield from _list("Redirects, hop by hop", [*items, *_more(len(steps) - HOPS_MOST)], ordered=True)


def _certificate(certificate: CertificateSummary) -> Iterator[list[Part]]:
    names = [*certificate.dns_names, *certificate.ip_addresses]
    shown = ", ".join(neutralise(safe_host(name), limit=LONGEST_VALUE) for name in names[:MOST_NAMES_IN_DETAIL])
    more = len(names) - MOST_NAMES_IN_DETAIL
    rows = [
        ("For", (shown or "no name") + (f" and {more} more" if more > 0 else "")),
        ("Issuer", neutralise(certificate.issuer, limit=LONGEST_VALUE)),
        ("Valid", f"{moment(certificate.not_before)} to {moment(certificate.not_after)}"),
        ("Subject", neutralise(certificate.subject, limit=LONGEST_VALUE)),
        ("Key", neutralise(f"{certificate.key}, signed with {certificate.signature}", limit=LONGEST_VALUE)),
        ("SHA-256", neutralise(certificate.sha256, limit=LONGEST_VALUE)),
        *(("Sent with it", neutralise(subject, limit=LONGEST_VALUE)) for subject in certificate.chain[:CHAIN_MOST]),
    ]
    for label, value in rows:
        yield [bold(f"{label}: "), code(value or NOTHING)]


def _finding(found: Finding) -> Iterator[Json]:
    """A finding beside the root cause, in full."""
    note = CONFIDENCES[found.confidence]
    heading = [bold(f"{SEVERITIES[found.severity]}: {found.title}"), *([plain(f" ({note})")] if note else [])]
    words = neutralise(f"{found.summary} {found.explanation}".strip(), limit=LONGEST_PARAGRAPH)
    steps = [linked(neutralise(step, limit=LONGEST_SENTENCE)) for step in found.fix]
    yield from block([*sections(heading), *sections([plain(words)]), *listing(steps, ordered=True)])


def _list(heading: str, items: Sequence[Sequence[Part]], *, ordered: bool = False) -> Iterator[Json]:
    if items:
        yield from block([*sections([bold(heading)]), *listing(items, ordered=ordered)])


def _more(count: int) -> list[list[Part]]:
    return [[plain(f"and {count} more")]] if count > 0 else []
