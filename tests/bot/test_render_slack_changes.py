"""What is other than at the last look: the cause, the certificate, what was seen beside them."""

import dataclasses
import json
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from bot.render.json import report_object
from bot.render.slack import sentence
from bot.render.slack_changes import changes
from bot.report import Report
from diagnostics.judge import Verdict
from tests.bot import samples
from tests.bot.slack_texts import HOSTILE, assert_sound, hostile_report, shown

THEN = datetime(2026, 11, 24, 10, 12, tzinfo=UTC).timestamp()


def kept(report: Report) -> Mapping[str, object]:
    """As the store has it."""
    stored: dict[str, object] = json.loads(json.dumps(report_object(report)))
    return stored


def only_root(report: Report) -> Report:
    diagnosis = dataclasses.replace(report.diagnosis, findings=report.diagnosis.findings[:1])
    return dataclasses.replace(report, diagnosis=diagnosis)


def with_certificate(report: Report, sha256: str) -> Report:
    certificate = dataclasses.replace(samples.CERTIFICATE, sha256=sha256, not_after=datetime(2027, 2, 1, tzinfo=UTC))
    facts = dataclasses.replace(report.diagnosis.facts, certificate=certificate)
    return dataclasses.replace(report, diagnosis=dataclasses.replace(report.diagnosis, facts=facts))


EXPIRED = samples.expired_on_cdn()
HEALTHY = samples.healthy()

CASES = (
    # what was mended
    (only_root(EXPIRED), HEALTHY, "Since 10:12 UTC: was “The certificate has expired”, now works."),
    # what broke
    (HEALTHY, only_root(EXPIRED), "Since 10:12 UTC: was works, now “The certificate has expired”."),
    # the same as before
    (EXPIRED, EXPIRED, "Nothing has changed since 10:12 UTC."),
    (HEALTHY, HEALTHY, "Nothing has changed since 10:12 UTC."),
    # a renewed certificate
    (
        HEALTHY,
        with_certificate(HEALTHY, "cd" * 32),
        "Since 10:12 UTC: there is another certificate, valid until 2027-02-01.",
    ),
    # what stands beside the root cause; a note that is new is not worth a word
    (
        only_root(EXPIRED),
        EXPIRED,
        "Since 10:12 UTC: also seen now: “Plain HTTP does not lead to HTTPS”.",
    ),
    (
        EXPIRED,
        only_root(EXPIRED),
        "Since 10:12 UTC: no longer seen: “Plain HTTP does not lead to HTTPS”, “Browsers are not told to always use "
        "HTTPS”.",
    ),
    # another host says nothing about this one
    (samples.not_deployed(), HEALTHY, ""),
)


@pytest.mark.parametrize(("before", "after", "told"), CASES)
def test_what_has_changed_is_told(before: Report, after: Report, told: str) -> None:
    text = changes([kept(before)], [after], looked_at=THEN)
    assert text == told or shown(sentence(text)) == told


def test_several_hosts_are_told_apart() -> None:
    text = changes(
        [kept(only_root(EXPIRED)), kept(samples.forbidden())], [HEALTHY, samples.forbidden()], looked_at=THEN
    )
    assert shown(sentence(text)).split("\n") == [
        "Since 10:12 UTC:",
        "• shop.example.com: was “The certificate has expired”, now works.",
        "• intranet.example.com: nothing has changed.",
    ]


def test_another_day_is_named() -> None:
    text = changes([kept(HEALTHY)], [HEALTHY], looked_at=THEN - 86_400)
    assert text == "Nothing has changed since 2026-11-23 10:12 UTC."


def test_what_could_not_be_looked_at_has_not_gone() -> None:
    diagnosis = dataclasses.replace(
        samples.forbidden().diagnosis, verdict=Verdict.NOT_CHECKED, facts=EXPIRED.diagnosis.facts
    )
    text = changes([kept(EXPIRED)], [dataclasses.replace(EXPIRED, diagnosis=diagnosis)], looked_at=THEN)
    assert "now “This address is not public" in text or "now “Padlock may not contact this address”" in text
    assert "no longer seen" not in text


# What another version, or a damaged store, may have kept.
STRANGE: tuple[Mapping[str, object], ...] = (
    {},
    {"target": None, "findings": None},
    {"target": {"host": 7, "port": "x"}, "findings": [1, None, {"code": 7}], "certificate": []},
    {"target": {"host": "shop.example.com", "port": 443}, "verdict": "splendid", "cause": None},
    {"target": {"host": "shop.example.com", "port": 443}, "verdict": "broken", "cause": "new.cause", "started_at": 7},
)


@pytest.mark.parametrize("before", STRANGE)
@pytest.mark.parametrize("looked_at", [THEN, 1e300, float("nan"), -1e18])
def test_anything_that_was_kept_is_read(before: Mapping[str, object], looked_at: float) -> None:
    text = changes([before], [HEALTHY], looked_at=looked_at)
    assert not text or "now works" in text


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:12]))
def test_any_text_is_accepted(text: str) -> None:
    report = hostile_report("certificate.expired", text)
    before = {**kept(report), "cause": f"x{text}"}
    told = changes([before, kept(HEALTHY)], [report, HEALTHY], looked_at=THEN)
    assert told
    assert_sound([sentence(told)])
