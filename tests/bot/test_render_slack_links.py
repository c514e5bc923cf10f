"""What can be followed in the steps of an answer in Slack: addresses of Padlock's own data, and no others."""

import dataclasses

import pytest

from bot.answer import Answer, AnswerKind
from bot.render.slack import render
from bot.render.slack_links import linked
from bot.report import Report
from bot.slack.local.reading import links
from diagnostics.providers import providers
from tests.bot import samples
from tests.bot.slack_texts import shown

CONSOLE = "https://console.cloud.tencent.com/cdn"
# A step; what of it can be followed.
STEPS: tuple[tuple[str, list[str]], ...] = (
    (f"Log in to the console ({CONSOLE}).", [CONSOLE]),
    (f"Log in at {CONSOLE}. Then go on.", [CONSOLE]),
    (f"{CONSOLE} and {CONSOLE}", [CONSOLE, CONSOLE]),
    # what a host sent
    ("Look at https://evil.example.com/cdn.", []),
    # which begins or ends like an address of ours
    (f"Look at {CONSOLE}/../evil.", []),
    (f"Look at {CONSOLE}.evil.example.com.", []),
    (f"Look at {CONSOLE}@evil.example.com.", []),
    (f"Look at https://evil.example.com/?{CONSOLE}.", []),
    (f"Look at http{CONSOLE}.", []),
    (f"Look at {CONSOLE}?next=https://evil.example.com.", []),
    ("Look at http://console.cloud.tencent.com/cdn.", []),
)


@pytest.mark.parametrize(("step", "followed"), STEPS)
def test_only_addresses_of_padlocks_own_data_can_be_followed(step: str, followed: list[str]) -> None:
    report = samples.expired_on_cdn()
    root = dataclasses.replace(report.diagnosis.findings[0], fix=(step,))
    diagnosis = dataclasses.replace(report.diagnosis, findings=(root,))
    shown_alone = Report(target=report.target, diagnosis=diagnosis)
    [message] = render(Answer(question="?", kind=AnswerKind.DIAGNOSIS, reports=(shown_alone,)))
    assert [url for _, url in links("", list(message.blocks))] == followed
    assert f"1. {step}" in shown(message)


def test_every_link_of_a_provider_can_be_followed() -> None:
    for provider in providers():
        for address in filter(None, (provider.console, provider.guide)):
            assert [part.url for part in linked(f"See {address}.") if part.url] == [address]
