"""A question handed over to support: what the support channel sees, and what its asker is told."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from bot.markup import read_markup
from bot.render.rich_text import (
    Json,
    Part,
    SlackMessage,
    block,
    bold,
    code,
    divider,
    link,
    listing,
    messages,
    person,
    plain,
    quotes,
    sections,
    small_print,
)
from bot.render.slack import without_private
from bot.render.slack_buttons import Action, row_of
from bot.render.slack_links import linked
from bot.render.slack_report import VERDICTS
from bot.render.stored_report import Kept, StoredReport, stored_report
from bot.render.terminal_report import CHECKS, moment
from diagnostics.judge import CheckStatus, Verdict
from diagnostics.plain_text import neutralise, safe_host

QUESTION_LONGEST = 1_000
TITLE_LONGEST = 300
SENTENCE_LONGEST = 600
VALUE_LONGEST = 200
# Of several hosts, and of what a host may send as evidence, as much as somebody who helps reads at first.
HOSTS_MOST = 5
EVIDENCE_MOST = 12
ADDRESSES_MOST = 8
CUT = "There is more in the thread itself."
NO_WORDS = "(no words)"
_VERDICTS = {verdict.value: words for verdict, words in VERDICTS.items()}
_CHECKS = {name.value: words for name, words in CHECKS.items()}
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d)", re.ASCII)
# Evidence whose key in words would say too little.
_LABELS = {
    "accepted_issuers": "Issuers it accepts",
    "aliases": "Alias of",
    "ciphers": "Cipher suites",
    "dns_names": "Names in the certificate",
    "first_bytes": "First bytes",
    "forbidden": "Addresses not contacted",
    "hops": "Redirects",
    "ip_addresses": "Addresses in the certificate",
    "known": "Known for",
    "missing": "Not found",
    "nameservers": "DNS servers",
    "not_after": "Valid until",
    "not_before": "Valid from",
    "revoked_at": "Revoked",
    "server_date": "The server's date",
    "sha256": "SHA-256",
    "versions": "TLS versions",
    "working": "Addresses that work",
}
_STATUSES = {
    CheckStatus.PASSED.value: "OK",
    CheckStatus.WARNED.value: "warning",
    CheckStatus.FAILED.value: "failed",
    CheckStatus.SKIPPED.value: "left out",
}


def handed_over(
    *,
    question: int,
    text: str,
    asker: str,
    reports: Sequence[Mapping[str, object]],
    told: str = "",
    thread: str | None = None,
    taken_by: str | None = None,
    solved_by: str | None = None,
) -> SlackMessage:
    """The message for the support channel, in its present state.

    `text` is the question as it was asked, `asker` who asked it; `reports` are what was seen, as JSON has them; `told`
    is the text of the message that answered where no host was looked at; `thread` is the address of the thread. Of
    addresses that are not public, those alone are shown that were asked about.
    """
    blocks = list(_blocks(text, asker=asker, reports=reports, told=told, thread=thread))
    blocks += block(sections(_state(taken_by, solved_by)))
    actions = [] if solved_by else [*([] if taken_by else [Action.TAKE]), Action.SOLVE]
    hosts = [_lead(one) for one in map(stored_report, reports[:HOSTS_MOST])]
    said = " ".join([*(f"{host}." for host in hosts), f"“{_asked(text)}”"])
    tail = row_of(actions, question=question)
    message = messages(blocks, text=f"Handed over to support. {said}", cut=CUT, tail=tail)[0]
    # The support channel is a channel like others; what was asked about is no secret there.
    return without_private(message, but=[host for one in map(stored_report, reports) if (host := one.host)])


def told_handed_over(by: str, *, message: str | None = None) -> SlackMessage:
    """For the asker's thread: that it was handed over; `message` is where it stands in the support channel."""
    where = link("the support channel", message)
    parts = [person(by), plain(" has handed this over to support. It stands in "), where, plain(".")]
    return _sentence(parts, text="This question has been handed over to support.")


def told_taken(by: str) -> SlackMessage:
    """For the asker's thread: who looks after it."""
    parts = [person(by), plain(" of support has taken this question.")]
    return _sentence(parts, text="Support has taken this question.")


def told_solved(by: str) -> SlackMessage:
    """For the asker's thread: that it is solved, and what to do where it is not."""
    rest = "If it still does not work, say “check again” here."
    parts = [person(by), plain(f" of support says that this is solved. {rest}")]
    return _sentence(parts, text=f"Support says that this is solved. {rest}")


def _blocks(text: str, *, asker: str, reports: Sequence[Kept], told: str, thread: str | None) -> Iterator[Json]:
    heading = [bold("Handed over to support"), plain(", asked by "), person(asker)]
    yield from block([*sections(heading), *quotes([plain(_asked(text))])])
    for one in map(stored_report, reports[:HOSTS_MOST]):
        yield divider()
        yield from _report(one)
    if len(reports) > HOSTS_MOST:
        yield small_print(f"and {len(reports) - HOSTS_MOST} more hosts, which the thread has")
    if not reports and told:
        words = neutralise(read_markup(told).text, limit=SENTENCE_LONGEST) or NO_WORDS
        yield from block([*sections([bold("Answered")]), *sections([plain(words)])])
    elif not reports:
        yield from block(sections([plain("No host was looked at, and no answer was found.")]))
    yield divider()
    if thread:
        yield from block(sections([link("The thread with the question and the answer", thread)]))


def _report(one: StoredReport) -> Iterator[Json]:
    """The verdict in words and by its code, and what it rests on."""
    lead = [bold(_lead(one)), *([plain(" "), code(_value(one.cause))] if one.cause else [])]
    words = neutralise(one.explanation or one.summary, limit=SENTENCE_LONGEST)
    yield from block([*sections(lead), *sections(linked(words))])
    evidence = [[plain(f"{_label(name)}: "), code(_value(value))] for name, value in one.evidence.items()]
    rows = [
        *evidence[:EVIDENCE_MOST],
        *_more(len(evidence) - EVIDENCE_MOST),
        *_checks(one),
        *_addresses(one),
        *_certificate(one),
    ]
    others = [found for found in one.codes if found != one.cause]
    if others:
        rows.append([plain("Also seen: "), code(neutralise(", ".join(others), limit=SENTENCE_LONGEST))])
    if rows:
        yield from block([*sections([bold("Evidence")]), *listing(rows, ordered=False)])
    if one.started_at is not None:
        yield small_print(f"Looked at {moment(one.started_at)}")


def _checks(one: StoredReport) -> Iterator[list[Part]]:
    if one.checks:
        ended = [
            f"{_CHECKS.get(str(check.get('name')), _value(check.get('name')))} "
            f"{_STATUSES.get(str(check.get('status')), _value(check.get('status')))}"
            for check in one.checks[: len(_CHECKS)]
        ]
        yield [plain(f"Checks: {', '.join(ended)}")]


def _addresses(one: StoredReport) -> Iterator[list[Part]]:
    for address in one.addresses[:ADDRESSES_MOST]:
        reached = {True: "reached", False: "not reached"}.get(address.get("reachable") is True)
        version = address.get("tls_version")
        seen = [
            "not tried" if address.get("reachable") is None else reached or "",
            _value(version) if isinstance(version, str) else "",
        ]
        yield [plain("Address "), code(_value(address.get("ip"))), plain(f": {', '.join(filter(None, seen))}")]
    yield from _more(len(one.addresses) - ADDRESSES_MOST)


def _certificate(one: StoredReport) -> Iterator[list[Part]]:
    found = one.certificate
    if found:
        yield [
            plain("Certificate of "),
            code(_value(found.get("subject"))),
            plain(" by "),
            code(_value(found.get("issuer"))),
            plain(f", {_value(found.get('not_before'))} to {_value(found.get('not_after'))}"),
        ]


def _state(taken_by: str | None, solved_by: str | None) -> list[Part]:
    if solved_by:
        return [bold("Solved"), plain(" by "), person(solved_by)]
    if taken_by:
        return [bold("Taken"), plain(" by "), person(taken_by)]
    return [bold("Nobody has taken it yet")]


def _lead(one: StoredReport) -> str:
    verdict = _VERDICTS.get(one.verdict, VERDICTS[Verdict.NOT_CHECKED])
    return f"{verdict}: {_host(one)}" + (f": {neutralise(one.title, limit=TITLE_LONGEST)}" if one.cause else "")


def _host(one: StoredReport) -> str:
    if one.host is None:
        return _value(one.target) or NO_WORDS
    host = neutralise(safe_host(one.host), limit=TITLE_LONGEST)
    if one.port in (443, None):
        return host
    return f"[{host}]:{one.port}" if ":" in one.host else f"{host}:{one.port}"


def _asked(text: str) -> str:
    """The question as a person reads it, without Slack's markup and without what must not be told on."""
    return neutralise(read_markup(text).text, limit=QUESTION_LONGEST) or NO_WORDS


def _value(value: object) -> str:
    if isinstance(value, (list, tuple)):
        shown = ", ".join(map(str, value[:EVIDENCE_MOST]))
        more = len(value) - EVIDENCE_MOST
        return neutralise(f"{shown} and {more} more" if more > 0 else shown, limit=VALUE_LONGEST) or "–"
    time = _time(value)
    return time or neutralise("" if value is None else str(value), limit=VALUE_LONGEST) or "–"


def _label(name: str) -> str:
    """What a piece of evidence is called; where nothing is said of it, its key in words."""
    return _LABELS.get(name) or _value(name.replace("_", " ").capitalize())


def _time(value: object) -> str:
    """A time of a report as people write it; nothing where it is none."""
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        return ""
    try:
        return moment(datetime.fromisoformat(value))
    except (ValueError, OverflowError):
        return ""


def _more(count: int) -> list[list[Part]]:
    return [[plain(f"and {count} more")]] if count > 0 else []


def _sentence(parts: Sequence[Part], *, text: str) -> SlackMessage:
    return messages(list(block(sections(parts))), text=text, cut=CUT)[0]
