"""Facts in, findings out, one of them the root cause."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from diagnostics.catalogue import BY_CODE, ORDER, CheckName, finding, hidden_by
from diagnostics.causes import cdn, certificate, dns, http, redirect, target, tcp, tls
from diagnostics.details import detail
from diagnostics.facts import DnsStatus, Facts, TraceEnd
from diagnostics.finding import Finding, Severity

log = logging.getLogger(__name__)

CauseFunction = Callable[[Facts], Finding | None]

REGISTERED: Mapping[str, CauseFunction] = {
    **target.CAUSES,
    **dns.CAUSES,
    **tcp.CAUSES,
    **tls.CAUSES,
    **certificate.CAUSES,
    **cdn.CAUSES,
    **redirect.CAUSES,
    **http.CAUSES,
}


class Verdict(StrEnum):
    """Whether HTTPS works on the host."""

    WORKS = "works"
    WORKS_WITH_WARNINGS = "works_with_warnings"
    BROKEN = "broken"
    NOT_CHECKED = "not_checked"


class CheckStatus(StrEnum):
    """How one check ended."""

    PASSED = "passed"
    WARNED = "warned"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One of the five looks: how it ended, how long it took in seconds, and what was seen in a few words."""

    name: CheckName
    status: CheckStatus
    seconds: float
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """The one root cause, everything else that was found, and what it rests on.

    `cause` is the code of the root cause, None only where the verdict is `works`; `summary` is one sentence;
    `findings` stand in the order of the catalogue, the root cause first.
    """

    verdict: Verdict
    cause: str | None
    summary: str
    findings: tuple[Finding, ...]
    checks: tuple[Check, ...]
    facts: Facts

    @property
    def root(self) -> Finding | None:
        """The finding of the root cause."""
        return next((finding for finding in self.findings if finding.code == self.cause), None)


_GRAVITY = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
_PROBE_FAULTS = ("probe.clock_wrong", "probe.intercepted")


def judge(facts: Facts, *, causes: Mapping[str, CauseFunction] = REGISTERED) -> Diagnosis:
    """Find every fault in the facts, and which one to mend first."""
    findings = _without_own_faults(_findings(facts, causes))
    cause = _root_cause(findings)
    findings = tuple(sorted(findings, key=lambda one: (one.code != cause, ORDER[one.code])))
    verdict = _verdict(findings, cause)
    return Diagnosis(
        verdict=verdict,
        cause=cause,
        summary=_summary(facts, findings, cause),
        findings=findings,
        checks=checks_of(facts, findings),
        facts=facts,
    )


def _findings(facts: Facts, causes: Mapping[str, CauseFunction]) -> list[Finding]:
    """Ask every cause; one that crashes is Padlock's own fault and is told beside the others."""
    found: list[Finding] = []
    for code, cause in causes.items():
        try:
            one = cause(facts)
        except Exception as problem:
            log.exception("the cause %s failed on %s", code, facts.host)
            one = internal_error(f"{code}: {type(problem).__name__}")
        if one is not None:
            found.append(one)
    return found


def internal_error(where: str) -> Finding:
    """The finding that says Padlock itself failed."""
    return finding(
        "internal.error",
        summary="Padlock itself failed at a part of this check.",
        explanation=f"An error in Padlock ({where}) kept it from finishing. It says nothing about the host.",
        fix=("Please report this to Padlock's developers, with the name of the host and the time.",),
        evidence={"where": where},
    )


def _without_own_faults(findings: list[Finding]) -> tuple[Finding, ...]:
    """Where Padlock's own clock or network falsifies what is seen, the host is not blamed for it."""
    codes = {one.code for one in findings}
    falsified = frozenset[str]().union(*(hidden_by(code) for code in _PROBE_FAULTS if code in codes))
    kept = [one for one in findings if one.code not in falsified]
    return tuple({one.code: one for one in kept}.values())  # internal.error at most once


def _root_cause(findings: tuple[Finding, ...]) -> str | None:
    """The gravest finding that is no symptom of another, then the first in the catalogue; never an info."""
    hidden = frozenset[str]().union(*(hidden_by(one.code) for one in findings))
    candidates = [one for one in findings if one.severity is not Severity.INFO and one.code not in hidden]
    if not candidates:
        return None
    return min(candidates, key=lambda one: (_GRAVITY[one.severity], ORDER[one.code])).code


def _verdict(findings: tuple[Finding, ...], cause: str | None) -> Verdict:
    codes = {one.code for one in findings}
    errors = {one.code for one in findings if one.severity is Severity.ERROR}
    if errors & {"target.invalid", "target.forbidden", "probe.no_network"} or errors == {"internal.error"}:
        return Verdict.NOT_CHECKED
    if errors:
        return Verdict.BROKEN
    return Verdict.WORKS_WITH_WARNINGS if cause is not None and cause in codes else Verdict.WORKS


def _summary(facts: Facts, findings: tuple[Finding, ...], cause: str | None) -> str:
    if cause is not None:
        return next(one.summary for one in findings if one.code == cause)
    if CheckName.CERTIFICATE in facts.wanted:
        if _cut_off(facts, CheckName.REDIRECT):
            return f"HTTPS works on {facts.host}; where it redirects to could not be looked at before the time was up."
        return f"HTTPS works on {facts.host}."
    return f"No fault was found on {facts.host} by the checks that ran."


def checks_of(facts: Facts, findings: tuple[Finding, ...]) -> tuple[Check, ...]:
    """How each check that was asked for ended; none where nothing was contacted."""
    if facts.refusal is not None:
        return ()
    seconds = {time.name: time.seconds for time in facts.times}
    done: list[Check] = []
    failed_before = False
    for name in CheckName:
        if name not in facts.wanted:
            continue
        worst = Severity.ERROR if name is _without_network(facts, findings) else _worst(findings, name)
        if name not in seconds or (failed_before and worst is None):
            status = CheckStatus.SKIPPED
        elif worst is Severity.ERROR:
            status = CheckStatus.FAILED
        elif worst is Severity.WARNING:
            status = CheckStatus.WARNED
        else:
            status = CheckStatus.SKIPPED if _cut_off(facts, name) else CheckStatus.PASSED
        failed_before = failed_before or status in (CheckStatus.FAILED, CheckStatus.SKIPPED)
        done.append(
            Check(
                name=name,
                status=status,
                seconds=seconds.get(name, 0.0) if status is not CheckStatus.SKIPPED else 0.0,
                detail=detail(facts, name, skipped=status is CheckStatus.SKIPPED),
            )
        )
    return tuple(done)


def _cut_off(facts: Facts, name: CheckName) -> bool:
    """Whether the time was up before the redirects had been followed to their end."""
    return name is CheckName.REDIRECT and any(trace.end is TraceEnd.STOPPED for trace in facts.traces)


def _without_network(facts: Facts, findings: tuple[Finding, ...]) -> CheckName | None:
    """The check that Padlock's own network kept from working, if one did."""
    if all(one.code != "probe.no_network" for one in findings):
        return None
    silent = facts.resolution is not None and facts.resolution.status is DnsStatus.NO_NETWORK
    return CheckName.DNS if silent else CheckName.TCP


def _worst(findings: tuple[Finding, ...], check: CheckName) -> Severity | None:
    """The gravest finding of a check, infos aside."""
    severities = {
        one.severity for one in findings if BY_CODE[one.code].check is check and one.severity is not Severity.INFO
    }
    return min(severities, key=_GRAVITY.__getitem__, default=None)
