"""What the tests of Slack's renderers share: hostile texts, a report full of them, what a sound message is."""

import dataclasses
import json
import textwrap
from collections.abc import Iterator, Sequence

from bot.render import rich_text
from bot.render.rich_text import BLOCKS_MOST, MESSAGE_LONGEST, MESSAGES_MOST, TEXT_LONGEST, Json, SlackMessage, measure
from bot.report import Report
from bot.slack.local.reading import pings, read
from bot.slack.local.rules import UPDATED_TEXT_LONGEST, message_refusal
from diagnostics.catalogue import finding
from diagnostics.facts import (
    AddressFacts,
    Connect,
    ConnectStatus,
    DnsStatus,
    Handshake,
    HandshakeStatus,
    Hop,
    Resolution,
    Trace,
    TraceEnd,
    Vantage,
)
from diagnostics.judge import Check, Verdict
from tests.bot import samples

HOSTILE = [
    "<!channel> <@U0ALICE> <https://evil.example.com|bank.example.com>",  # what Slack would make calls and links of
    "\u202ekcab\u202c \u200b\u2066x\u2069\u0007\x1b[31m",  # rearranged, hidden, controlled
    "*bold* _italic_ ~struck~ `code` ```block``` > quote",  # markers, which have to be seen as they are
    "&" * 5000,  # becomes five times as long when it is escaped
    "\U0001f600" * 4000,  # two units of UTF-16 each
    "a" * 40_000,  # no place to break it
    "line\nbreak\r\n\ttab",
    ":smile: @here @channel #general",
    "",  # nothing where something is expected
    "\ud800\udfff\x00",  # lone surrogates and NUL, which no database takes
]
# A phone's line, and as many of them as it shows at once.
PHONE_COLUMNS = 40
PHONE_LINES = 12


def shown(message: SlackMessage) -> str:
    """A message as it is read."""
    return read(message.text, list(message.blocks), names={})


def said(rendered: Sequence[SlackMessage]) -> str:
    """Messages as they are read, one below the other."""
    return "\n".join(map(shown, rendered))


def on_a_phone(blocks: Sequence[Json]) -> list[str]:
    """Blocks in the lines of a phone."""

    def lines() -> Iterator[str]:
        for one in blocks:
            for line in read("", [one], names={}).split("\n"):
                yield from textwrap.wrap(line, PHONE_COLUMNS) or [""]

    return list(lines())


def refusal(message: SlackMessage) -> object:
    """Why Slack would refuse it; even an update takes it where this is None."""
    return message_refusal(text=message.text, blocks=list(message.blocks), longest=UPDATED_TEXT_LONGEST)


def assert_sound(rendered: Sequence[SlackMessage], *, calls: frozenset[str] = frozenset()) -> None:
    """What Slack takes, within our own limits, and calling nobody but `calls`."""
    assert 1 <= len(rendered) <= MESSAGES_MOST
    for message in rendered:
        assert refusal(message) is None
        assert message.text.strip()
        assert len(message.text) <= TEXT_LONGEST
        assert len(message.blocks) <= BLOCKS_MOST + 1 + rich_text.TAIL_MOST
        spare = rich_text.CONTEXT_LONGEST + rich_text.TAIL_MOST * 6 * 75
        assert measure(list(message.blocks)) <= MESSAGE_LONGEST + spare
        assert pings(message.text, list(message.blocks)) <= calls
        assert_visible(message.blocks)


def assert_visible(blocks: object) -> None:
    """Nothing hidden in it, and nothing that JSON cannot hold."""
    written = json.dumps(blocks, ensure_ascii=False)
    assert not any(character in written for character in "\u202e\u200b\x1b\x00")
    written.encode()  # no lone surrogates


def hostile_report(code: str, text: str) -> Report:
    """A report of this cause with the same text wherever text can stand."""
    report = samples.expired_on_cdn()
    found = finding(
        code, summary=text, explanation=text, fix=(text, text), evidence={text: text, "addresses": [text, "8.8.8.8"]}
    )
    certificate = dataclasses.replace(
        samples.CERTIFICATE,
        subject=text,
        issuer=text,
        dns_names=(text,) * 300,
        ip_addresses=(text,),
        sha256=text,
        key=text,
        signature=text,
        chain=(text,) * 30,
    )
    handshake = Handshake(status=HandshakeStatus.COMPLETED, tls_version=text, cipher=text, alpn=text)
    addresses = tuple(
        AddressFacts(ip=ip, connect=Connect(status=ConnectStatus.CONNECTED, seconds=0.1), handshake=handshake)
        for ip in (text, *(f"203.0.113.{number}" for number in range(40)))
    )
    trace = Trace(
        start=text,
        ip=text,
        hops=tuple(Hop(url=f"{text}{number}", status=301, location=text) for number in range(60)),
        end=TraceEnd.ANSWER,
        last_url=text,
    )
    facts = dataclasses.replace(
        report.diagnosis.facts,
        text=text,
        certificate=certificate,
        addresses=addresses,
        resolution=Resolution(status=DnsStatus.ANSWERED, addresses=(text,), aliases=(text,) * 30),
        traces=(trace,),
        vantage=Vantage(nameservers=(text,) * 5, families=(text,), roots=text),
    )
    others = [dataclasses.replace(other, summary=text, explanation=text) for other in report.diagnosis.findings[1:]]
    diagnosis = dataclasses.replace(
        report.diagnosis,
        verdict=Verdict.BROKEN,
        cause=code,
        summary=text,
        findings=(found, *(other for other in others if other.code != code)),
        checks=tuple(hostile_check(check, text) for check in report.diagnosis.checks),
        facts=facts,
    )
    return dataclasses.replace(report, target=text, diagnosis=diagnosis)


def hostile_check(check: Check, text: str) -> Check:
    """A check that saw this text."""
    return dataclasses.replace(check, detail=text)
