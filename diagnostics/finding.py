"""What a diagnosis finds: one fault, how sure we are of it, and what to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """How bad a finding is for the people who visit the host."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Confidence(StrEnum):
    """How sure a finding is: seen, the usual reason for what was seen, or one of several."""

    PROVEN = "proven"
    LIKELY = "likely"
    POSSIBLE = "possible"


EvidenceValue = str | int | float | bool | None | Sequence["EvidenceValue"] | Mapping[str, "EvidenceValue"]
Evidence = Mapping[str, EvidenceValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One fault of one host, in words a person can act on.

    `title` is the catalogue's; `summary` is one sentence with the values of the case; `explanation` says how we
    know and for whom it is broken; `fix` is what to do, first step first. `evidence` holds what JSON can hold;
    its key `addresses` lists the addresses the finding was seen on. Text from outside is in here as it came:
    renderers shorten and neutralise it.
    """

    code: str
    severity: Severity
    confidence: Confidence
    title: str
    summary: str
    explanation: str
    fix: tuple[str, ...]
    evidence: Evidence = field(default_factory=dict)

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses of the host that show this fault."""
        seen = self.evidence.get("addresses", ())
        return tuple(str(address) for address in seen) if isinstance(seen, (list, tuple)) else ()
