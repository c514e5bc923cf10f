"""START HERE: a target in, its diagnosis out."""

import asyncio
import dataclasses
import logging
from collections.abc import Callable
from datetime import UTC, datetime

from diagnostics.catalogue import CheckName
from diagnostics.facts import Facts, Refusal
from diagnostics.instruments import Instruments
from diagnostics.judge import Check, CheckStatus, Diagnosis, Verdict, checks_of, internal_error, judge
from diagnostics.observe import Observation
from diagnostics.options import Options
from diagnostics.target import InvalidTarget, parse_target

__all__ = ["Check", "CheckStatus", "Diagnosis", "Options", "Verdict", "diagnose"]

log = logging.getLogger(__name__)

Progress = Callable[[Check], None]

EVERY_CHECK = frozenset(CheckName)
_DEFAULTS = Options()
# Every probe ends by the deadline on its own; this much later the whole is cut, should one not.
_GRACE_SECONDS = 0.25


async def diagnose(
    target: str,
    *,
    options: Options = _DEFAULTS,
    checks: frozenset[CheckName] = EVERY_CHECK,
    progress: Progress | None = None,
    instruments: Instruments | None = None,
) -> Diagnosis:
    """Look at one target and say why its HTTPS does not work.

    `target` is a host, `host:port` or a URL, as typed; anything else ends in `target.invalid`, never an exception.
    `checks` are the ones to run, with those they need. `progress` is called with each check as it ends.
    `instruments`, where many targets are diagnosed with the same options, are prepared once by the caller. A wrong
    option is a ValueError that says how to mend it.
    """
    instruments = instruments or Instruments(options)
    now = datetime.now(UTC)
    parsed = parse_target(target)
    if isinstance(parsed, InvalidTarget):
        return judge(
            Facts(
                text=parsed.text,
                host=None,
                port=None,
                started_at=now,
                refusal=Refusal.INVALID,
                refusal_reason=parsed.sentence,
            )
        )
    deadline = asyncio.get_running_loop().time() + options.timeout
    observation = Observation(parsed, instruments=instruments, wanted=checks, deadline=deadline, now=now)
    if progress is not None:
        observation.on_stage = lambda name: _tell(progress, observation.facts, name)
    try:
        async with asyncio.timeout_at(deadline + _GRACE_SECONDS) as limit:
            observation.on_wait = lambda until: limit.reschedule(None if until is None else until + _GRACE_SECONDS)
            facts = await observation.run()
    except TimeoutError:
        facts = observation.facts
    except Exception as problem:
        log.exception("the diagnosis of %s failed", parsed.host)
        return _failed(observation.facts, problem)
    return judge(facts)


def _failed(facts: Facts, problem: Exception) -> Diagnosis:
    """What was found before Padlock failed, and that it did."""
    diagnosis = judge(facts)
    failure = internal_error(type(problem).__name__)
    findings = (*diagnosis.findings, failure)
    if diagnosis.cause is not None:
        return dataclasses.replace(diagnosis, findings=findings)
    return dataclasses.replace(
        diagnosis,
        verdict=Verdict.NOT_CHECKED,
        cause=failure.code,
        summary=failure.summary,
        findings=findings,
    )


def _tell(progress: Progress, facts: Facts, name: CheckName) -> None:
    """Say how a check ended that has just been done."""
    diagnosis = judge(facts)
    for check in checks_of(facts, diagnosis.findings):
        if check.name is name:
            progress(check)
