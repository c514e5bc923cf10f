"""A report as it was kept in JSON, read with care: another version of Padlock may have written it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from diagnostics.catalogue import BY_CODE

Kept = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredReport:
    """What other faces than JSON need of a report that was kept; text in it is as it came."""

    target: str
    host: str | None
    port: int | None
    verdict: str
    cause: str | None
    summary: str
    codes: tuple[str, ...]
    explanation: str
    evidence: Kept
    checks: tuple[Kept, ...]
    addresses: tuple[Kept, ...]
    certificate: Kept
    started_at: datetime | None

    @property
    def title(self) -> str:
        """The root cause in words; the code where this version has no such cause."""
        return title(self.cause) if self.cause else ""


def stored_report(kept: Kept) -> StoredReport:
    """The report in what `report_object` gave; what is missing or of another kind is empty."""
    target = _mapping(kept.get("target"))
    port = target.get("port")
    cause = _text(kept.get("cause"))
    findings = _mappings(kept.get("findings"))
    root = next((found for found in findings if cause and found.get("code") == cause), {})
    return StoredReport(
        target=_text(target.get("input")),
        host=_text(target.get("host")) or None,
        port=port if isinstance(port, int) else None,
        verdict=_text(kept.get("verdict")),
        cause=cause or None,
        summary=_text(kept.get("summary")),
        codes=tuple(dict.fromkeys(filter(None, (_text(found.get("code")) for found in findings)))),
        explanation=_text(root.get("explanation")),
        evidence=_mapping(root.get("evidence")),
        checks=_mappings(kept.get("checks")),
        addresses=_mappings(kept.get("addresses")),
        certificate=_mapping(kept.get("certificate")),
        started_at=_time(kept.get("started_at")),
    )


def title(code: str) -> str:
    """A cause in words; the code where this version has no such cause."""
    cause = BY_CODE.get(code)
    return cause.title if cause else code


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _mapping(value: object) -> Kept:
    return value if isinstance(value, Mapping) else {}


def _mappings(value: object) -> tuple[Kept, ...]:
    items = value if isinstance(value, Sequence) and not isinstance(value, (str, bytes)) else ()
    return tuple(item for item in items if isinstance(item, Mapping))


def _time(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(_text(value))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
