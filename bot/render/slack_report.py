"""A report in Slack: the verdict, how we know, what to do, and on demand everything that was seen."""

import ipaddress
import re
from collections.abc import Iterator

from bot.render import terminal_report
from bot.render.page import Page
from bot.render.rich_text import Json, block, bold, listing, plain, sections, verbatim
from bot.render.terminal_report import CONFIDENCES, LONGEST_PARAGRAPH, LONGEST_SENTENCE, duration, moment, target
from bot.report import Report
from diagnostics.catalogue import BY_CODE
from diagnostics.finding import Finding, Severity
from diagnostics.judge import Verdict
from diagnostics.plain_text import neutralise
from diagnostics.probes.guard import Guard

__all__ = ["also_seen", "in_words", "is_public", "raw", "target", "vantage", "verdict"]

VERDICTS = {
    Verdict.WORKS: "Works",
    Verdict.WORKS_WITH_WARNINGS: "Works, with warnings",
    Verdict.BROKEN: "Broken",
    Verdict.NOT_CHECKED: "Not checked",
}
SEVERITIES = {Severity.ERROR: "Error", Severity.WARNING: "Warning", Severity.INFO: "Note"}
NOT_SHOWN = "(an address that is not public)"
# What fits a phone; the rest is under "details".
ALSO_MOST = 5
RAW_COLUMNS = 72

_ADDRESS = re.compile(
    r"(?<![\w.:])(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?!\.?[0-9])"
    r"|[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7}(?:\.[0-9]{1,3}){0,3}(?![\w:]))"
)
_PUBLIC = Guard(ports=(443,), own_address=lambda _: False)


def is_public(report: Report) -> bool:
    """Whether everybody may know what was seen: every address of the host is a public one, or nothing was seen."""
    if report.diagnosis.verdict is Verdict.NOT_CHECKED:
        return True
    facts = report.diagnosis.facts
    seen = [address.ip for address in facts.addresses]
    if facts.resolution is not None:
        seen += facts.resolution.addresses
    return all(map(_is_public, seen))


def verdict(report: Report, *, private: bool) -> Iterator[Json]:
    """The verdict, the host and the root cause; how we know; what to do."""
    diagnosis = report.diagnosis
    cause = BY_CODE.get(diagnosis.cause or "")
    lead = [bold(f"{VERDICTS[diagnosis.verdict]}: {target(report)}")]
    lead += [bold(f": {cause.title}")] if cause else []
    summary = _shown(diagnosis.summary, report=report, private=private, limit=LONGEST_SENTENCE)
    yield from block([*sections(lead), *sections([plain(summary)])])
    root = diagnosis.root
    if root is None:
        return
    if root.explanation:
        note = CONFIDENCES[root.confidence]
        heading = [bold("How we know"), *([plain(f" ({note})")] if note else [])]
        words = _shown(root.explanation, report=report, private=private, limit=LONGEST_PARAGRAPH)
        yield from block([*sections(heading), *sections([plain(words)])])
    if root.fix:
        steps = [[plain(_shown(step, report=report, private=private, limit=LONGEST_SENTENCE))] for step in root.fix]
        yield from block([*sections([bold("What to do")]), *listing(steps, ordered=True)])


def also_seen(report: Report, *, private: bool) -> Iterator[Json]:
    """The other findings, the gravest first, in a sentence each."""
    others = [found for found in report.diagnosis.findings if found.code != report.diagnosis.cause]
    others.sort(key=lambda found: list(SEVERITIES).index(found.severity))
    if not others:
        return
    items = [
        [bold(f"{SEVERITIES[one.severity]}: "), plain(_summary(one, report, private))] for one in others[:ALSO_MOST]
    ]
    if len(others) > ALSO_MOST:
        items.append([plain(f"and {len(others) - ALSO_MOST} more, which “details” shows")])
    yield from block([*sections([bold("Also seen")]), *listing(items, ordered=False)])


def raw(report: Report) -> Iterator[Json]:
    """Everything that was seen: checks, addresses, aliases, redirects, the certificate."""
    page = Page(width=RAW_COLUMNS, colour=False)
    terminal_report.rest(page, diagnosis=report.diagnosis, details=True)
    yield from block(verbatim(page.text() or "Nothing was looked at."))


def vantage(report: Report, *, private: bool) -> str:
    """When it was looked at, and from where."""
    facts = report.diagnosis.facts
    servers = [
        server if private or _mask(server) == server else "the operator's own servers"
        for server in facts.vantage.nameservers
    ]
    parts = [
        f"Looked at {moment(facts.started_at)}",
        "from the machine this Padlock runs on",
        f"over {' and '.join(facts.vantage.families)}" if facts.vantage.families else "",
        f"with DNS by {' and '.join(dict.fromkeys(servers))}" if servers else "",
        f"with the roots of {facts.vantage.roots}" if facts.vantage.roots else "",
        f"in {duration(facts.seconds)}",
    ]
    return neutralise(", ".join(filter(None, parts)) + ".", limit=LONGEST_SENTENCE)


def in_words(report: Report) -> str:
    """The verdict, the cause and the steps as plain text, for notifications and where blocks are refused."""
    diagnosis = report.diagnosis
    cause = BY_CODE.get(diagnosis.cause or "")
    lead = f"{VERDICTS[diagnosis.verdict]}: {target(report)}" + (f": {cause.title}." if cause else ".")
    root = diagnosis.root
    steps = [f"{number}. {step}" for number, step in enumerate(root.fix if root else (), start=1)]
    lines = [lead, diagnosis.summary, *(["What to do:", *steps] if steps else [])]
    return "\n".join(_shown(line, report=report, private=False, limit=LONGEST_SENTENCE) for line in lines)


def _summary(found: Finding, report: Report, private: bool) -> str:
    return _shown(found.summary or found.title, report=report, private=private, limit=LONGEST_SENTENCE)


def _shown(text: str, *, report: Report, private: bool, limit: int) -> str:
    host = report.diagnosis.facts.host
    return neutralise(text if private else _mask(text, but=host), limit=limit)


def _mask(text: str, *, but: str | None = None) -> str:
    """Text without addresses that are not public; the one that was asked about is no secret."""

    def hide(found: re.Match[str]) -> str:
        return found[0] if found[0] == but or _is_public(found[0]) else NOT_SHOWN

    return _ADDRESS.sub(hide, text)


def _is_public(ip: str) -> bool:
    try:
        ipaddress.ip_address(ip)
    except ValueError:
        return True  # a time such as 10:15:00, or no address at all
    return _PUBLIC.admit(ip, host=ip, port=443) is not None
