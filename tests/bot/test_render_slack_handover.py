"""A question handed over: what support sees of it, what its asker is told."""

import json
from collections.abc import Mapping

import pytest

from bot.render.json import report_object
from bot.render.rich_text import SlackMessage
from bot.render.slack_handover import handed_over, told_handed_over, told_solved, told_taken
from bot.slack.local.reading import buttons, links
from diagnostics.catalogue import CATALOGUE
from tests.bot import samples
from tests.bot.slack_texts import HOSTILE, assert_sound, hostile_report, shown

THREAD = "https://example.slack.com/archives/C0HELP/p1700000000000100"
REPORT: Mapping[str, object] = json.loads(
    # The samples' addresses are documentation's, which are not public.
    json.dumps(report_object(samples.expired_on_cdn())).replace("203.0.113.", "93.184.215.").replace("2001:db8", "2600")
)
ASKED = "why does <http://shop.example.com|shop.example.com> fail?"


def handed(*, taken_by: str | None = None, solved_by: str | None = None) -> SlackMessage:
    message = handed_over(
        question=12,
        text=ASKED,
        asker="U0ALICE",
        reports=[REPORT],
        thread=THREAD,
        taken_by=taken_by,
        solved_by=solved_by,
    )
    assert_sound([message], calls=frozenset({"U0ALICE", "U0BOB", "U0CAROL"}))
    return message


def test_support_sees_who_asked_what_and_what_is_wrong() -> None:
    text = shown(handed())
    assert "asked by @U0ALICE" in text
    assert "why does shop.example.com fail?" in text
    assert "Broken: shop.example.com: The certificate has expired certificate.expired" in text


def test_support_sees_what_it_rests_on() -> None:
    text = shown(handed())
    for line in (
        "Valid until: 2026-11-21 00:00 UTC",
        "Checks: DNS OK, Connection warning, Handshake OK, Certificate failed, Redirects left out",
        "Address 93.184.215.7: reached, TLSv1.3",
        "Address 93.184.215.8: not reached",
        "Address 2600::7: not tried",
        "Certificate of CN=shop.example.com by CN=Example Issuing CA 3",
        ", 2026-08-23 00:00 UTC to 2026-11-21 00:00 UTC",
        "Also seen: redirect.missing, http.hsts_missing",
        "Looked at 2026-11-24 12:00 UTC",
    ):
        assert line in text


def seen(evidence: Mapping[str, object], *, host: str = "shop.example.com", explanation: str = "") -> str:
    """What support sees of a host with this evidence."""
    finding = {"code": "tls.closed", "explanation": explanation, "evidence": evidence}
    report = {"target": {"host": host, "port": 443}, "verdict": "broken", "cause": "tls.closed", "findings": [finding]}
    message = handed_over(question=12, text=ASKED, asker="U0ALICE", reports=[report | {"addresses": [{"ip": host}]}])
    return shown(message) + message.text


# Evidence as a report has it; the line that support sees.
EVIDENCE: tuple[tuple[str, object, str], ...] = (
    ("dns_names", ["a.example.com", "b.example.com"], "Names in the certificate: a.example.com, b.example.com"),
    ("not_after", "2026-11-21T00:00:00Z", "Valid until: 2026-11-21 00:00 UTC"),
    ("server_date", "2026-11-21T02:00:00+02:00", "The server's date: 2026-11-21 00:00 UTC"),
    ("meta_refresh", "https://shop.example.com/", "Meta refresh: https://shop.example.com/"),
    ("of_another_version", 7, "Of another version: 7"),
    # no time, or none that there is
    ("detail", "at 2026-11-21T00:00:00Z", "Detail: at 2026-11-21T00:00:00Z"),
    ("detail", "2026-13-41T00:00:00Z", "Detail: 2026-13-41T00:00:00Z"),
    ("detail", "0001-01-01T00:00:00+14:00", "Detail: 0001-01-01T00:00:00+14:00"),
)


@pytest.mark.parametrize(("name", "value", "line"), EVIDENCE)
def test_evidence_stands_there_in_words(name: str, value: object, line: str) -> None:
    assert f"• {line}\n" in seen({name: value})


def test_addresses_that_are_not_public_are_not_told_to_the_support_channel() -> None:
    text = seen({"addresses": ["10.1.2.3", "8.8.8.8", "fd00::1"]}, explanation="10.1.2.3 and 8.8.4.4 closed.")
    assert not any(secret in text for secret in ("10.1.2.3", "fd00::1"))
    assert "Addresses: (an address that is not public), 8.8.8.8, (an address that is not public)" in text
    assert "(an address that is not public) and 8.8.4.4 closed." in text


def test_an_address_that_was_asked_about_is_no_secret() -> None:
    text = seen({"addresses": ["10.1.2.3"]}, host="10.1.2.3")
    assert "Broken: 10.1.2.3" in text
    assert "Addresses: 10.1.2.3" in text


def test_support_can_follow_the_addresses_of_padlocks_own_data_alone() -> None:
    explanation = "See https://console.cloud.tencent.com/cdn, not https://evil.example.com/."
    finding = {"code": "tls.closed", "explanation": explanation, "evidence": {}}
    report = {"verdict": "broken", "cause": "tls.closed", "findings": [finding]}
    message = handed_over(question=12, text=ASKED, asker="U0ALICE", reports=[report])
    assert [url for _, url in links("", list(message.blocks))] == ["https://console.cloud.tencent.com/cdn"]


def test_support_finds_the_thread() -> None:
    message = handed_over(question=12, text=ASKED, asker="U0ALICE", reports=[REPORT], thread=THREAD)
    assert [url for _, url in links(message.text, list(message.blocks))] == [THREAD]


# The state; what is said of it; what can be pressed.
STATES: tuple[tuple[dict[str, str], str, list[str]], ...] = (
    ({}, "Nobody has taken it yet", ["Take it", "Solved"]),
    ({"taken_by": "U0BOB"}, "Taken by @U0BOB", ["Solved"]),
    ({"taken_by": "U0BOB", "solved_by": "U0CAROL"}, "Solved by @U0CAROL", []),
    ({"solved_by": "U0CAROL"}, "Solved by @U0CAROL", []),
)


@pytest.mark.parametrize(("state", "line", "pressable"), STATES)
def test_its_state_stands_there_with_what_can_be_done(state: dict[str, str], line: str, pressable: list[str]) -> None:
    message = handed(taken_by=state.get("taken_by"), solved_by=state.get("solved_by"))
    assert line in shown(message).split("\n")
    assert buttons(list(message.blocks)) == pressable


def test_without_a_host_it_says_what_was_answered() -> None:
    told = "I don't know &lt;that&gt; one."  # as the text of a message has it
    message = handed_over(question=12, text="lunch?", asker="U0ALICE", reports=[], told=told)
    assert "Answered\nI don't know <that> one." in shown(message)


def test_without_a_host_and_an_answer_it_says_so() -> None:
    message = handed_over(question=12, text="lunch?", asker="U0ALICE", reports=[])
    assert "No host was looked at, and no answer was found." in shown(message)


def test_the_notification_says_what_it_is_about() -> None:
    message = handed_over(question=12, text=ASKED, asker="U0ALICE", reports=[REPORT])
    assert message.text == (
        "Handed over to support. Broken: shop.example.com: The certificate has expired. "
        "“why does shop.example.com fail?”"
    )


def test_a_pasted_key_is_not_told_on() -> None:
    text = (
        "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADAN\n-----END PRIVATE KEY----- and https://joe:secret@shop.example.com"
    )
    message = handed_over(question=12, text=text, asker="U0ALICE", reports=[])
    assert "MIIEvQIBADAN" not in shown(message) + message.text
    assert "secret" not in shown(message) + message.text


# The sentences for the asker's thread; whom they name.
SENTENCES = (
    (told_handed_over("U0ALICE", message=THREAD), "@U0ALICE has handed this over to support."),
    (told_handed_over("U0ALICE"), "It stands in the support channel."),
    (told_taken("U0BOB"), "@U0BOB of support has taken this question."),
    (told_solved("U0BOB"), "@U0BOB of support says that this is solved."),
)


@pytest.mark.parametrize(("message", "words"), SENTENCES)
def test_the_asker_is_told(message: SlackMessage, words: str) -> None:
    assert words in shown(message)
    assert_sound([message], calls=frozenset({"U0ALICE", "U0BOB"}))


def test_the_asker_finds_the_message_of_support() -> None:
    message = told_handed_over("U0ALICE", message=THREAD)
    assert links(message.text, list(message.blocks)) == [("the support channel", THREAD)]
    assert links("", list(told_handed_over("U0ALICE", message="javascript:alert(1)").blocks)) == []


def assert_any(code: str, text: str) -> None:
    report = json.loads(json.dumps(report_object(hostile_report(code, text))))
    message = handed_over(
        question=12, text=text, asker=text, reports=[report] * 9, thread=text, taken_by=text, told=text
    )
    assert_sound([message])
    assert_sound([handed_over(question=12, text=text, asker=text, reports=[], solved_by=text, told=text)])


@pytest.mark.parametrize("code", [row.code for row in CATALOGUE])
def test_every_cause_is_accepted(code: str) -> None:
    assert_any(code, HOSTILE[0])


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:12]))
def test_any_text_is_accepted(text: str) -> None:
    assert_any("certificate.expired", text)


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:12]))
def test_any_name_in_a_sentence_is_accepted(text: str) -> None:
    assert_sound([told_handed_over(text, message=text), told_taken(text), told_solved(text)])


# What another version, or a damaged store, may have kept.
STRANGE: tuple[Mapping[str, object], ...] = (
    {},
    {"target": 7, "verdict": 7, "cause": 7, "findings": 7, "checks": 7, "addresses": 7, "certificate": 7},
    {"checks": [{}, {"name": [], "status": {}}], "addresses": [{}], "certificate": {"subject": None}},
    {"target": {"host": "::1", "port": 8443}, "findings": [{"code": "x", "evidence": {"a": {"b": [1]}}}], "cause": "x"},
)


@pytest.mark.parametrize("report", STRANGE)
def test_anything_that_was_kept_is_read(report: Mapping[str, object]) -> None:
    assert_sound([handed_over(question=1, text="x", asker="U0ALICE", reports=[report])], calls=frozenset({"U0ALICE"}))
