"""What strangers write is text also in a hand-over, the Home tab, what has changed, names of files, and gaps."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.answer import Answer, AnswerKind
from bot.gaps import grouped
from bot.render import terminal
from bot.render.gaps import as_json, as_text
from bot.render.json import dumps, report_object
from bot.render.rich_text import SlackMessage
from bot.render.slack import render, sentence
from bot.render.slack_changes import changes
from bot.render.slack_handover import handed_over
from bot.render.slack_home import home
from bot.report import Report
from bot.slack import words
from bot.slack.local.reading import links, pings
from bot.slack.local.rules import UPDATED_TEXT_LONGEST, message_refusal, view_refusal
from bot.store.records import Gap, Recent
from diagnostics.diagnose import diagnose
from diagnostics.facts import Facts
from diagnostics.judge import judge
from knowledge import match
from knowledge.language import load_language
from knowledge.library import Library
from tests.lab.hosts import Lab
from tests.security.nasty import NASTY, hidden_in
from tests.security.provoked import poisoned, provoked

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ASKER = "U0ALICE"
PROVOKED = provoked()
CODES = sorted(PROVOKED)[::3]  # every third: what they have in common is tried on all in test_text.py


def _report(code: str, text: str) -> Report:
    facts = poisoned(PROVOKED[code], text)
    assert isinstance(facts, Facts)
    return Report(target=facts.text, diagnosis=judge(facts))


def _kept(text: str) -> dict[str, object]:
    """A report as a store may hold it that another version, or somebody else, has written."""
    one = {"name": text, "status": text, "ip": text, "tls_version": text, "subject": text, text: text}
    return {
        "target": {"input": text, "host": text, "port": 10**20},
        "verdict": text,
        "cause": text,
        "summary": text,
        "findings": [{"code": text, "explanation": text, "evidence": {text: [text, {text: text}], "n": 10**400}}],
        "checks": [one, text, None],
        "addresses": [one, {"ip": {text: text}}, 7],
        "certificate": {"subject": text, "issuer": [text], "not_before": text, "not_after": None, "sha256": text},
        "started_at": text,
        text: text,
    }


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for pair in value.items() for each in pair for text in _strings(each))
    elif isinstance(value, (list, tuple)):
        yield from (text for each in value for text in _strings(each))


def _assert_sound(messages: Sequence[SlackMessage], *, called: frozenset[str] | set[str] = frozenset()) -> None:
    assert messages
    for message in messages:
        blocks = list(message.blocks)
        assert message_refusal(text=message.text, blocks=blocks, longest=UPDATED_TEXT_LONGEST) is None
        assert pings(message.text, blocks) <= called
        assert links(message.text, blocks) == []
        assert "<" not in message.text
        assert all(hidden_in(text, but="\n") == set() for text in (message.text, *_strings(blocks)))
        json.dumps(blocks).encode("utf-8")


@pytest.mark.parametrize("nasty", NASTY)
def test_what_support_is_shown_is_text(nasty: str) -> None:
    text = NASTY[nasty]
    for code in CODES:
        reports = [report_object(_report(code, text))]
        _assert_sound([handed_over(question=1, text=text, asker=ASKER, reports=reports)], called={ASKER})
    for kept in ([_kept(text)] * 9, []):
        shown = handed_over(question=1, text=text, asker=ASKER, reports=kept, told=text, taken_by="U0BOB")
        _assert_sound([shown], called={ASKER, "U0BOB"})


@pytest.mark.parametrize("nasty", NASTY)
def test_what_the_home_tab_recalls_is_text(nasty: str) -> None:
    text = NASTY[nasty]
    recent = [Recent(text=text, outcome=text, cause=text, asked_at=1e300, channel="C1", ts="1.2")] * 12
    view = home(recent, now=NOW)
    assert view_refusal(view, home=True) is None
    blocks = view["blocks"]
    assert isinstance(blocks, list)
    assert pings("", blocks) == set()
    assert links("", blocks) == []
    assert all(hidden_in(each) == set() for each in _strings(blocks))


@pytest.mark.parametrize("nasty", NASTY)
def test_what_has_changed_is_text(nasty: str) -> None:
    text = NASTY[nasty]
    after = _report("certificate.expired", text)
    same_place = {"host": after.diagnosis.facts.host, "port": after.diagnosis.facts.port, "input": text}
    before = _kept(text) | {"target": same_place, "findings": [{"code": f"{text} {n}"} for n in range(50)]}
    said = changes([before], [after], looked_at=0.0)
    assert said.startswith("Since ")
    _assert_sound([sentence(said)])


@pytest.mark.parametrize("nasty", NASTY)
def test_the_name_of_a_file_is_text(nasty: str) -> None:
    for said in (words.not_read(NASTY[nasty], why="it is"), words.locked(NASTY[nasty]), words.you_asked(NASTY[nasty])):
        _assert_sound([sentence(said)])


@pytest.fixture(scope="module")
def faq(tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder = tmp_path_factory.mktemp("faq")
    (folder / "faq.md").write_text("# FAQ\n\n[](id:renew)\n### How do I renew?\nClick.\n", "utf-8")
    return Library.load(folder)


@pytest.mark.parametrize("nasty", NASTY)
def test_what_was_asked_in_vain_is_text(nasty: str, faq: Library) -> None:
    language = load_language(Path(match.__file__).with_name("terms.toml").read_text("utf-8"))
    text = NASTY[nasty][:3_000].encode("utf-8", "replace").decode()
    gaps = [
        Gap(
            text=f"how do i {text}",
            outcome=outcome,
            article=text,
            candidates=(text,),
            chosen=(text, "renew"),
            helpful=1,
            unhelpful=1,
            asked_at=0.0,
        )
        for outcome in ("none", "unsure", "faq", text)
    ]
    groups = grouped(gaps, language=language)
    lines = as_text(groups, library=faq, folder=Path("/nowhere"))
    assert all(hidden_in(line) == set() for line in lines)
    assert [line for line in lines if "how do i" in line]
    for group in groups:
        line = as_json(group, library=faq)
        assert line.isascii()
        assert "\n" not in line


# --- CAA records, which the owner of a name writes --------------------------------------------------------------------

CAA_VALUES = {
    "hidden": ["\\027[31m\\007\\000\\255\\128.example"],
    "markup": ["<!channel>", "<https://evil.example|bank.example>", "*b* `c`", "&lt;!here&gt;"],
    "lines": ["ca.example\\013\\010[WORKS] all is well\\010"],
    "parameters": ["; ; ;", "ca.example; validationmethods=dns-01; accounturi=https://evil.example/"],
    "many": [f"ca{number}.example" for number in range(150)],
    "long": ["x" * 12_000],
}


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab() as running:
        yield running


@pytest.mark.parametrize("kind", CAA_VALUES)
def test_what_a_caa_record_says_is_text_and_bounded(kind: str, lab: Lab) -> None:
    name = f"caa-{kind}.example"
    for tag in ("issue", "issuewild", "iodef", "x" * 200):
        for value in CAA_VALUES[kind]:
            lab.dns.add(name, f'CAA 0 {tag} "{value}"')
    site = lab.site(name, https=lab.ca.issue(name, ends=timedelta(days=-2)).healthy)
    check = lab.check(site)
    diagnosis = asyncio.run(diagnose(check.target, options=check.options(timeout=8)))
    assert diagnosis.root is not None
    assert diagnosis.root.code == "certificate.expired"
    assert "caa" in diagnosis.root.evidence
    report = Report(target=check.target, diagnosis=diagnosis)
    line = dumps(report_object(report))
    assert len(line) < 100_000
    assert all(hidden_in(text) == set() for text in _strings(json.loads(line)))
    page = terminal.render(report, colour=False, details=True)
    assert hidden_in(page, but="\n") == set()
    assert sum(text.startswith("[") for text in page.split("\n")) == 1
    answer = Answer(question=check.target, kind=AnswerKind.DIAGNOSIS, reports=(report,))
    _assert_sound(render(answer, details=True, private=True))
    _assert_sound([handed_over(question=1, text="x", asker=ASKER, reports=[report_object(report)])], called={ASKER})
