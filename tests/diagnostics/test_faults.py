"""Every ready-made fault of the lab is told by its cause, and its healthy twin is left alone."""

import asyncio
from collections.abc import Iterator

import pytest

from diagnostics.catalogue import BY_CODE
from diagnostics.diagnose import Diagnosis, Verdict, diagnose
from diagnostics.finding import Severity
from tests.lab.faults import FAULTS, Fault, unmet
from tests.lab.hosts import Check, Lab

TIMEOUT = 8.0  # seconds; stalled servers are given up well before

_CASES = [pytest.param(fault, id=f"{fault.code}-{fault.name}") for fault in FAULTS]


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab() as running:
        yield running


def _diagnose(check: Check) -> Diagnosis:
    return asyncio.run(diagnose(check.target, options=check.options(timeout=TIMEOUT)))


def _skip_if_unmet(fault: Fault, lab: Lab) -> None:
    missing = unmet(fault, lab=lab)
    if missing:
        pytest.skip(f"needs {', '.join(missing)}")


@pytest.mark.parametrize("fault", _CASES)
def test_the_fault_is_told_by_its_cause(fault: Fault, lab: Lab) -> None:
    _skip_if_unmet(fault, lab)
    diagnosis = _diagnose(fault.start(lab))
    codes = [finding.code for finding in diagnosis.findings]
    if BY_CODE[fault.code].severity is Severity.INFO:
        assert fault.code in codes
        assert diagnosis.verdict is Verdict.WORKS
    else:
        assert diagnosis.cause == fault.code, codes


@pytest.mark.parametrize("fault", _CASES)
def test_the_healthy_twin_is_left_alone(fault: Fault, lab: Lab) -> None:
    _skip_if_unmet(fault, lab)
    diagnosis = _diagnose(fault.twin(lab))
    errors = [finding.code for finding in diagnosis.findings if finding.severity is Severity.ERROR]
    assert errors == []
    assert fault.code not in [finding.code for finding in diagnosis.findings]
