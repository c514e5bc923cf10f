"""A report in Slack: the verdict, how we know, what to do."""

import ipaddress
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from bot.render.rich_text import Json, block, bold, listing, plain, sections
from bot.render.slack_links import linked
from bot.render.terminal_report import (
    CONFIDENCES,
    LONGEST_DETAIL,
    LONGEST_PARAGRAPH,
    LONGEST_SENTENCE,
    duration,
    moment,
    target,
)
from bot.report import Report
from diagnostics.finding import Finding, Severity
from diagnostics.judge import Verdict
from diagnostics.plain_text import neutralise
from diagnostics.probes.guard import Guard

__all__ = [
    "also_seen",
    "in_short",
    "in_words",
    "is_public",
    "masked",
    "overview",
    "root_cause",
    "target",
    "vantage",
    "verdict",
]

VERDICTS = {
    Verdict.WORKS: "Works",
    Verdict.WORKS_WITH_WARNINGS: "Works, with warnings",
    Verdict.BROKEN: "Broken",
    Verdict.NOT_CHECKED: "Not checked",
}
SEVERITIES = {Severity.ERROR: "Error", Severity.WARNING: "Warning", Severity.INFO: "Note"}
# Of one host, and of several.
TOLD = {
    Verdict.WORKS: ("works", "work"),
    Verdict.WORKS_WITH_WARNINGS: ("works with warnings", "work with warnings"),
    Verdict.BROKEN: ("is broken", "are broken"),
    Verdict.NOT_CHECKED: ("was not checked", "were not checked"),
}
NOT_SHOWN = "(an address that is not public)"
NONE_SHOWN = "(addresses that are not public)"
# What fits a phone; the rest is under "details".
ALSO_MOST = 5
# Three lines of a phone: with the verdict and its sentence above, the first step is still on the first screen. A
# sentence that needs a word more is not cut for it.
KNOWN_AT_ONCE = 110
SENTENCE_AT_ONCE = 120

_ADDRESS = re.compile(
    r"(?<![\w.:])(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?!\.?[0-9])"
    r"|[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7}(?:\.[0-9]{1,3}){0,3}(?![\w:]))"
)
_SEVERAL = re.compile(rf"{re.escape(NOT_SHOWN)}(?:(?:, | and ){re.escape(NOT_SHOWN)})+")
# "Its nodes (10.1.2.3) answered" has brackets already.
_BRACKETED = re.compile(rf"\((?P<hidden>{re.escape(NOT_SHOWN)}|{re.escape(NONE_SHOWN)})\)")
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
    """The verdict, the host and the root cause; how we know, in short; what to do; then the rest of how we know."""
    diagnosis = report.diagnosis
    lead = [bold(_lead(report))]
    summary = _shown(diagnosis.summary, report=report, private=private, limit=LONGEST_SENTENCE)
    yield from block([*sections(lead), *sections([plain(summary)])])
    yield from root_cause(report, private=private)


def root_cause(report: Report, *, private: bool) -> Iterator[Json]:
    """How we know of the root cause, in short; what to do; then the rest of how we know."""
    root = report.diagnosis.root
    if root is None:
        return
    known, more = in_short(_shown(root.explanation, report=report, private=private, limit=LONGEST_PARAGRAPH))
    if known:
        note = CONFIDENCES[root.confidence]
        heading = [bold("How we know"), *([plain(f" ({note})")] if note else [])]
        yield from block([*sections(heading), *sections(linked(known))])
    if root.fix:
        steps = [linked(_shown(step, report=report, private=private, limit=LONGEST_SENTENCE)) for step in root.fix]
        yield from block([*sections([bold("What to do")]), *listing(steps, ordered=True)])
    if more:
        words = sections(linked(neutralise(more, limit=LONGEST_SENTENCE)))
        yield from block([*sections([bold("More on how we know")]), *words])


def in_short(explanation: str) -> tuple[str, str]:
    """The first words of an explanation, for a phone's first screen, and what else there is to read.

    A first sentence that is too long is cut, and then the whole follows.
    """
    first, stop, rest = explanation.partition(". ")
    if len(explanation) <= SENTENCE_AT_ONCE:
        return explanation, ""
    if stop and len(first) < SENTENCE_AT_ONCE:
        return f"{first}.", rest
    end = explanation.rfind(" ", 0, KNOWN_AT_ONCE)
    return explanation[: end if end > 0 else KNOWN_AT_ONCE].rstrip(" ,;:") + "…", explanation


def also_seen(report: Report, *, private: bool) -> Iterator[Json]:
    """The other findings, the gravest first, in a sentence each."""
    others = _others(report)
    if not others:
        return
    items = [
        [bold(f"{SEVERITIES[one.severity]}: "), plain(_summary(one, report, private))] for one in others[:ALSO_MOST]
    ]
    if len(others) > ALSO_MOST:
        items.append([plain(f"and {len(others) - ALSO_MOST} more, which “Details” shows")])
    yield from block([*sections([bold("Also seen")]), *listing(items, ordered=False)])


def vantage(report: Report, *, private: bool, full: bool = False) -> str:
    """When it was looked at, and from where; in full also which roots were trusted, and how long it took."""
    facts = report.diagnosis.facts
    servers = [
        server if private or masked(server) == server else "the operator's own servers"
        for server in facts.vantage.nameservers
    ]
    parts = [
        f"Looked at {moment(facts.started_at)}",
        "from the machine this Padlock runs on",
        f"over {' and '.join(facts.vantage.families)}" if facts.vantage.families else "",
        f"with DNS by {' and '.join(dict.fromkeys(servers))}" if servers else "",
        f"with the roots of {facts.vantage.roots}" if full and facts.vantage.roots else "",
        f"in {duration(facts.seconds)}" if full else "",
    ]
    return neutralise(", ".join(filter(None, parts)) + ".", limit=LONGEST_SENTENCE)


def overview(reports: Sequence[Report]) -> str:
    """Of several hosts, how many work and how many do not; nothing of one, which says so itself."""
    if len(reports) < 2:
        return ""
    counts = Counter(report.diagnosis.verdict for report in reports)
    told = [f"{counts[verdict]} {words[counts[verdict] > 1]}" for verdict, words in TOLD.items() if counts[verdict]]
    if len(told) == 1:
        return f"All {len(reports)} hosts {TOLD[reports[0].diagnosis.verdict][1]}."
    return f"{len(reports)} hosts: {', '.join(told)}."


def in_words(report: Report) -> str:
    """The verdict, the cause and the steps as plain text, for notifications and where blocks are refused."""
    diagnosis = report.diagnosis
    root = diagnosis.root
    steps = [f"{number}. {step}" for number, step in enumerate(root.fix if root else (), start=1)]
    lines = [f"{_lead(report)}.", diagnosis.summary, *(["What to do:", *steps] if steps else [])]
    return "\n".join(_shown(line, report=report, private=False, limit=LONGEST_SENTENCE) for line in lines)


def _lead(report: Report) -> str:
    """The verdict, the host, and the root cause in words."""
    root = report.diagnosis.root
    lead = f"{VERDICTS[report.diagnosis.verdict]}: {target(report)}"
    return f"{lead}: {neutralise(root.title, limit=LONGEST_DETAIL)}" if root else lead


def _others(report: Report) -> list[Finding]:
    """The findings beside the root cause, the gravest first."""
    others = [found for found in report.diagnosis.findings if found.code != report.diagnosis.cause]
    return sorted(others, key=lambda found: list(SEVERITIES).index(found.severity))


def _summary(found: Finding, report: Report, private: bool) -> str:
    return _shown(found.summary or found.title, report=report, private=private, limit=LONGEST_SENTENCE)


def _shown(text: str, *, report: Report, private: bool, limit: int) -> str:
    host = report.diagnosis.facts.host
    return neutralise(text if private else masked(text, but=[host] if host else ()), limit=limit)


def masked(text: str, *, but: Collection[str] = ()) -> str:
    """Text without addresses that are not public; those that were asked about are no secret."""

    def hide(found: re.Match[str]) -> str:
        return found[0] if found[0] in but or _is_public(found[0]) else NOT_SHOWN

    return _BRACKETED.sub(r"\g<hidden>", _SEVERAL.sub(NONE_SHOWN, _ADDRESS.sub(hide, text)))


def _is_public(ip: str) -> bool:
    try:
        ipaddress.ip_address(ip)
    except ValueError:
        return True  # a time such as 10:15:00, or no address at all
    return _PUBLIC.admit(ip, host=ip, port=443) is not None
