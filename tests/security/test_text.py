"""What strangers write reaches people as text: every cause, on every surface, with everything nasty in every field."""

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509

from bot.answer import Answer, AnswerKind
from bot.cli import main
from bot.logs import JsonFormatter, TextFormatter
from bot.render import rich_text, terminal
from bot.render.json import LONGEST_TEXT, answer_object, dumps, report_object
from bot.render.slack import details_of, plain_form, render
from bot.render.slack_links import linked
from bot.report import Report
from bot.slack.local.reading import links, pings
from bot.slack.local.rules import UPDATED_TEXT_LONGEST, message_refusal
from diagnostics import facts as fact_module
from diagnostics.facts import Facts
from diagnostics.finding import Finding
from diagnostics.judge import REGISTERED, Diagnosis, judge
from diagnostics.plain_text import neutralise
from diagnostics.providers import providers
from tests.bot.test_logs import record
from tests.lab.certificates import leaf
from tests.security.nasty import NASTY, hidden_in
from tests.security.provoked import OURS, OUTSIDE, poisoned, provoked

PROVOKED = provoked()
OWN_ADDRESSES = sorted({url for one in providers() for url in (one.console, one.guide) if url})
# Far above what a report of ours has, far below what a stranger would like.
LONGEST_REPORT = 200_000
LONGEST_PAGE = 60_000


def report(code: str, nasty: str) -> Report:
    """The report on facts that provoke a cause, with this in every outside field."""
    facts = poisoned(PROVOKED[code], NASTY[nasty])
    assert isinstance(facts, Facts)
    return Report(target=facts.text, diagnosis=judge(facts))


def answered(found: Report) -> Answer:
    return Answer(question=found.target, kind=AnswerKind.DIAGNOSIS, reports=(found,))


def strings(value: object) -> Iterator[str]:
    """Every string in JSON, the keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from strings(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from strings(inner)


def test_every_registered_cause_is_provoked() -> None:
    assert set(PROVOKED) == set(REGISTERED)
    missing = [code for code, facts in PROVOKED.items() if code not in _codes(judge(facts))]
    assert missing == []


def _codes(diagnosis: Diagnosis) -> set[str]:
    return {finding.code for finding in diagnosis.findings}


def test_every_field_with_text_is_known_to_be_a_strangers_or_ours() -> None:
    """A new field has to be put into one of the two lists, and a stranger's is then filled with hostile text."""
    kinds = [kind for kind in vars(fact_module).values() if isinstance(kind, type) and dataclasses.is_dataclass(kind)]
    fields = {
        f"{kind.__name__}.{field.name}"
        for kind in (*kinds, Finding)
        for field in dataclasses.fields(kind)
        if any(word in str(field.type) for word in ("str", "bytes", "Evidence"))
    }
    assert fields == OUTSIDE | OURS
    assert not OUTSIDE & OURS


@pytest.mark.parametrize("nasty", NASTY)
def test_no_cause_fails_on_hostile_text(nasty: str, caplog: pytest.LogCaptureFixture) -> None:
    for code in PROVOKED:
        found = _codes(report(code, nasty).diagnosis)
        assert code in found, f"{code} is lost in {found}"
        assert "internal.error" not in found
    assert caplog.records == []


@pytest.mark.parametrize("nasty", NASTY)
def test_the_terminal_shows_nothing_hidden(nasty: str) -> None:
    for code in PROVOKED:
        found = report(code, nasty)
        for details in (False, True):
            for width in (80, None):
                page = terminal.render(found, width=width, colour=False, details=details)
                assert hidden_in(page, but="\n") == set(), code
                assert len(page) < LONGEST_PAGE, code
            lines = page.split("\n")
            # A stranger's line cannot pass for one of ours.
            assert sum(line.startswith("[") for line in lines) == 1, code
            assert sum(line == "What to do" for line in lines) <= 1, code


@pytest.mark.parametrize("nasty", NASTY)
def test_the_json_is_valid_bounded_and_shows_nothing_hidden(nasty: str) -> None:
    for code in PROVOKED:
        found = report(code, nasty)
        line = dumps(report_object(found))
        assert line.isascii()
        assert "\n" not in line
        assert len(line) < LONGEST_REPORT, code
        for text in strings(json.loads(line)):
            assert hidden_in(text) == set(), code
            assert len(text) <= LONGEST_TEXT, code
        asked = json.loads(dumps(answer_object(answered(found))))
        assert hidden_in(asked["answer"].pop("text"), but="\n") == set()
        assert all(hidden_in(text) == set() for text in strings(asked))


NEARLY_OURS = ("{}@evil.example/", "{}.evil.example/x", "{}/../../x", "{}?x", "{}#x", "https://evil.example/?{}", "x{}",
               "{}\u200b", "{}\u2060.evil.example", "<{}|bank>", "[bank]({}.evil.example)", "@{}:1/")  # fmt: skip


@pytest.mark.parametrize("form", NEARLY_OURS)
def test_an_address_that_is_nearly_one_of_ours_is_no_link_to_elsewhere(form: str) -> None:
    for url in OWN_ADDRESSES:
        led = {part.url for part in linked(f"See {form.format(url)} now.") if part.url is not None}
        assert led <= {url}
        assert not led or "evil" not in form, form
    assert {part.url for part in linked(f"See {url}.")} == {None, url}


@pytest.mark.parametrize("nasty", NASTY)
def test_slack_takes_it_and_nobody_is_called_or_led_away(nasty: str) -> None:
    for code in PROVOKED:
        found = report(code, nasty)
        sent = [
            *render(answered(found), details=True, private=True),
            *render(answered(found), private=False),
            details_of([found], why="Only you see this."),
        ]
        for message in [*sent, *map(plain_form, sent)]:
            blocks = list(message.blocks)
            assert message_refusal(text=message.text, blocks=blocks, longest=UPDATED_TEXT_LONGEST) is None, code
            assert pings(message.text, blocks) == set(), code
            # No article is in it, so the only links are to the consoles and guides that Padlock knows itself.
            assert {(url, url) for url in OWN_ADDRESSES} >= set(links(message.text, blocks)), code
            assert "<" not in message.text
            assert ">" not in message.text
            assert len(message.text) <= rich_text.TEXT_LONGEST
            for text in strings(blocks):
                assert hidden_in(text, but="\n") == set(), code
            assert hidden_in(message.text, but="\n") == set(), code
            json.dumps(blocks).encode("utf-8")


@pytest.mark.parametrize("form", [(), ("--json",)], ids=["text", "json"])
@pytest.mark.parametrize("nasty", NASTY)
def test_a_certificate_file_shows_nothing_hidden(
    nasty: str,
    form: tuple[str, ...],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In its subject, its names, its addresses and the name of the file."""
    text = NASTY[nasty].encode("utf-8", "replace").decode()
    ascii_only = text.encode("ascii", "ignore").decode()[:200]
    made = leaf(
        None,
        dns_names=("shop.example.com", ascii_only),
        issuer_urls=(f"http://ca.example/{ascii_only}",),
        extensions=[(x509.CertificatePolicies([_notice(text[:150])]), False)],
    )
    name = text.replace("/", "").replace("\0", "")[:40] + ".pem"
    path = tmp_path / name
    path.write_bytes(
        f"{text}\n".encode() + made.pem + b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    )
    monkeypatch.setenv("HOME", str(tmp_path))
    assert main(["cert", str(path), "--host", "shop.example.com", *form]) == 1
    shown = capsys.readouterr()
    assert "shop.example.com" in shown.out
    assert hidden_in(shown.out + shown.err, but="\n") == set()
    if form:
        assert all(hidden_in(each) == set() for each in strings(json.loads(shown.out)))


def _notice(text: str) -> x509.PolicyInformation:
    return x509.PolicyInformation(x509.ObjectIdentifier("2.23.140.1.2.1"), [x509.UserNotice(None, text)])


@pytest.mark.parametrize("nasty", NASTY)
def test_a_line_of_the_log_in_json_stays_one_line(nasty: str) -> None:
    said = record("the cause %s failed on %s", "dns.timeout", NASTY[nasty])
    line = JsonFormatter().format(said)
    assert line.isascii()
    assert hidden_in(line) == set()


@pytest.mark.parametrize("nasty", ["hidden", "lines", "long", "surrogates"])
def test_a_strangers_line_in_the_log_passes_for_none_of_ours(nasty: str) -> None:
    said = record("the cause %s failed on %s", "dns.timeout", NASTY[nasty])
    shown = TextFormatter().format(said)
    assert hidden_in(shown, but="\n") == set()
    assert all(line.startswith(" ") for line in shown.split("\n")[1:])


def test_the_test_itself_sees_what_is_hidden() -> None:
    """Were nothing neutralised, every nasty text but the plain ones would be noticed."""
    noticed = {name for name, text in NASTY.items() if hidden_in(text)}
    assert noticed == {"hidden", "lines", "long", "surrogates"}
    assert all(hidden_in(neutralise(text, limit=100_000)) == set() for text in NASTY.values())
