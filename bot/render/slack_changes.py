"""What has changed on a host since it was looked at before, in Markdown."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from bot import wording
from bot.render.slack_report import VERDICTS, masked, target
from bot.render.stored_report import StoredReport, stored_report, title
from bot.report import Report
from diagnostics.finding import Severity
from diagnostics.judge import Verdict
from diagnostics.plain_text import neutralise

TITLE_LONGEST = 200
# More of them nobody reads before the answer itself, which names them.
TITLES_MOST = 3


def changes(before: Sequence[Mapping[str, object]], after: Sequence[Report], *, looked_at: float) -> str:
    """What is other than at `looked_at` (seconds of the epoch): `before` are the reports of then, as JSON has them."""
    known = {_place(old): old for old in map(stored_report, before)}
    pairs = [(known.get(_place_now(new)), new) for new in after]
    if not any(old for old, _ in pairs):
        return ""
    told = [(new, list(_differences(old, new))) for old, new in pairs if old]
    since = _since(looked_at, now=after[0].diagnosis.facts.started_at)
    if not any(differences for _, differences in told):
        return f"Nothing has changed since {since}."
    if len(told) == 1:
        return f"Since {since}: {'; '.join(told[0][1])}."
    lines = [f"- {_name(new)}: {'; '.join(differences) or 'nothing has changed'}." for new, differences in told]
    return "\n".join([f"Since {since}:", "", *lines])


def _differences(old: StoredReport, new: Report) -> Iterator[str]:
    diagnosis = new.diagnosis
    was = _state(old.verdict, old.cause)
    now = _state(diagnosis.verdict.value, diagnosis.cause)
    if was != now:
        yield f"was {was}, now {now}"
    certificate = diagnosis.facts.certificate
    seen_before = old.certificate.get("sha256")
    if certificate is not None and seen_before and seen_before != certificate.sha256:
        yield f"there is another certificate, valid until {certificate.not_after:%Y-%m-%d}"
    told = {old.cause, diagnosis.cause}
    codes = [found.code for found in diagnosis.findings if found.severity is not Severity.INFO]
    appeared = [code for code in codes if code not in old.codes and code not in told]
    # Of a host that was not looked at this time, it is not known what has gone.
    looked = diagnosis.verdict is not Verdict.NOT_CHECKED
    there = {found.code for found in diagnosis.findings}
    gone = [code for code in old.codes if looked and code not in there and code not in told]
    if appeared:
        yield f"also seen now: {_titles(appeared)}"
    if gone:
        yield f"no longer seen: {_titles(gone)}"


def _state(verdict: str, cause: str | None) -> str:
    if cause:
        return f"“{_title(cause)}”"
    words = VERDICTS.get(Verdict(verdict)) if verdict in _KNOWN else None
    return words.lower() if words else "something else"


def _titles(codes: Sequence[str]) -> str:
    shown = [f"“{_title(code)}”" for code in codes[:TITLES_MOST]]
    more = len(codes) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _title(code: str) -> str:
    return wording.escape(neutralise(title(code), limit=TITLE_LONGEST))


def _name(report: Report) -> str:
    host = report.diagnosis.facts.host
    return wording.code(masked(target(report), but=[host] if host else ()))


def _since(looked_at: float, *, now: datetime) -> str:
    """The moment, with its day where that was another one."""
    try:
        then = datetime.fromtimestamp(looked_at, UTC)
    except (OverflowError, OSError, ValueError):
        return "the last time"
    return f"{then:%H:%M} UTC" if then.date() == now.astimezone(UTC).date() else f"{then:%Y-%m-%d %H:%M} UTC"


def _place(old: StoredReport) -> tuple[str, int | None]:
    return (old.host, old.port) if old.host else (old.target, None)


def _place_now(new: Report) -> tuple[str, int | None]:
    facts = new.diagnosis.facts
    return (facts.host, facts.port) if facts.host else (new.target, None)


_KNOWN = frozenset(verdict.value for verdict in Verdict)
