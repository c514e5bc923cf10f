"""What a list came to: how many targets have which cause, and how far it has got."""

from collections import Counter
from dataclasses import dataclass, field

from diagnostics.catalogue import BY_CODE, ORDER
from diagnostics.judge import Verdict

_WORDS = {
    Verdict.WORKS: "work",
    Verdict.WORKS_WITH_WARNINGS: "work with warnings",
    Verdict.BROKEN: "broken",
    Verdict.NOT_CHECKED: "not checked",
}


@dataclass(slots=True)
class Tally:
    """Counts the targets of one run by verdict and by cause."""

    verdicts: Counter[Verdict] = field(default_factory=Counter)
    causes: Counter[str] = field(default_factory=Counter)

    def add(self, verdict: Verdict, cause: str | None) -> None:
        """Count one target."""
        self.verdicts[verdict] += 1
        if cause is not None:
            self.causes[cause] += 1

    @property
    def total(self) -> int:
        """The targets counted so far."""
        return self.verdicts.total()

    def summary(self) -> str:
        """Every verdict and every cause with its number, the most frequent cause first."""
        lines = [f"{_targets(self.total)}: {self._by_verdict()}"]
        causes = sorted(self.causes.items(), key=lambda each: (-each[1], ORDER[each[0]]))
        width = max((len(f"{count:,}") for _, count in causes), default=0)
        wide = max((len(code) for code, _ in causes), default=0)
        lines += [f"  {count:>{width},}  {code:<{wide}}  {BY_CODE[code].title}" for code, count in causes]
        return "\n".join(lines)

    def progress(self, *, seconds: float, expected: int | None) -> str:
        """How far it has got after so many seconds, in one line; `expected` is about how many there are in all."""
        rate = self.total / seconds if seconds > 0 else 0.0
        done = f"{self.total:,}" + (f" of about {expected:,}" if expected is not None else "") + " done"
        broken = self.verdicts[Verdict.BROKEN]
        parts = [done, *([f"{broken:,} broken"] if broken else []), f"{rate:.0f} a second"]
        if expected is not None and rate > 0 and expected > self.total:
            parts.append(f"about {_duration((expected - self.total) / rate)} left")
        return ", ".join(parts)

    def _by_verdict(self) -> str:
        counts = ((self.verdicts[verdict], words) for verdict, words in _WORDS.items())
        return ", ".join(f"{count:,} {words}" for count, words in counts if count)


def _targets(count: int) -> str:
    return f"{count:,} target" + ("" if count == 1 else "s")


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 90 * 60 else f"{seconds / 3600:.1f} h"
