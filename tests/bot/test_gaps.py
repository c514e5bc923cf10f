"""What was asked in vain: grouped, worded as aliases, and printed by `padlock knowledge gaps`."""

import asyncio
import json
import os
import subprocess
import sys
import time
import tomllib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bot import knowledge_commands
from bot.arguments import UsageError
from bot.gaps import grouped, wording_of
from bot.settings import SettingError, Settings
from bot.store.records import Gap
from bot.store.store import Store
from knowledge import match
from knowledge.language import Language, load_language
from knowledge.library import Library
from tests.bot.store.samples import DAY, NOON, answered, ask

FAQ = "# Our FAQ\n\n[](id:renew)\n### How do I renew?\nClick.\n\n[](id:a.b)\n### How do I leave?\nGo.\n"


@pytest.fixture(scope="module")
def language() -> Language:
    return load_language(Path(match.__file__).with_name("terms.toml").read_text("utf-8"))


def gap(text: str, **more: object) -> Gap:
    values: dict[str, object] = {
        "text": text,
        "outcome": "none",
        "article": None,
        "candidates": (),
        "chosen": (),
        "helpful": 0,
        "unhelpful": 0,
        "asked_at": NOON,
    }
    return Gap(**values | more)  # type: ignore[arg-type]


def groups_of(*texts: str, language: Language) -> list[tuple[str, ...]]:
    return [group.texts for group in grouped(map(gap, texts), language=language)]


# How a question is worded


@pytest.mark.parametrize(
    ("text", "wording"),
    [
        ("How do I renew?", "how do i renew?"),
        ("  how\n do\tI   renew ?", "how do i renew?"),
        ("<@U0123456789> how do I renew", "how do i renew"),  # a mention
        ("<@U0123456789|alice.smith> how do I renew", "how do i renew"),  # with the name in it
        ("<!subteam^S0123456789|@web-team> how do I renew", "how do i renew"),
        ("ask <#C0123456789|alice-and-bob> how to renew", "ask how to renew"),
        ("ask @alice how to renew", "ask how to renew"),  # typed by hand
        ("U0123456789 cannot renew", "cannot renew"),
        ("alice@example.com cannot renew", "cannot renew"),
        ("<mailto:alice@example.com|alice> cannot renew", "cannot renew"),
        ("is https down on shop.example.com?", "is https down on?"),
        ("is https down on <https://shop.example.com|shop>?", "is https down on?"),
        ("10.0.0.1 and 192.0.2.1:8443 are down", "and are down"),
        ("re\u200bnew \u202ecert\x1b[31m", "re new cert [31m"),  # nothing that hides or moves
        ("证书怎么续期", "证书怎么续期"),
        ("UPDATED certificates in UTF8 and TLS13", "updated certificates in utf8 and tls13"),  # these are no ids
        ("shop.example.com", ""),
        ("", ""),
    ],
)
def test_a_wording_has_no_hosts_people_and_hidden_characters(text: str, wording: str) -> None:
    assert wording_of(text) == wording


# What is one question


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("how do I renew a wildcard certificate?", "Hi, how can we renew our wildcard cert please", True),  # synonyms
        ("do you support quic on edge", "do you support quic on the edge", True),  # a filling word
        ("attach a loadbalancer to the gateway", "attach a loadbalacer to the gateway", True),  # a typing error
        ("is it down? a.example.com", "is it down? b.example.com", True),  # of another host
        ("how do I renew", "how do I revoke", False),
        ("https", "why does https not work in my browser", False),  # one within the other
        (
            "gateway returns error 502 to the loadbalancer",
            "gateway returns error 504 to the loadbalancer",
            False,
        ),  # another number
        ("please", "thanks", False),  # nothing but filling words
    ],
)
def test_near_duplicates_are_one_question(one: str, other: str, together: bool, language: Language) -> None:
    assert len(groups_of(one, other, language=language)) == (1 if together else 2)


def test_the_most_frequent_question_comes_first_and_its_most_frequent_wording(language: Language) -> None:
    texts = ["what about quic", "renew my cert", "renew cert", "renew cert", "can one pay here", "what about quic"]
    assert groups_of(*texts, language=language) == [
        ("renew cert", "renew my cert"),
        ("what about quic",),
        ("can one pay here",),
    ]


def test_a_group_counts_what_was_shown_and_what_people_made_of_it(language: Language) -> None:
    [group] = grouped(
        [
            gap("renew cert", asked_at=NOON + 5),
            gap("renew cert", outcome="unsure", candidates=("q4", "q5"), chosen=("q4",), article="q4"),
            gap("renew cert", outcome="faq", article="q5", unhelpful=2, helpful=1, chosen=("q4", "q6")),
        ],
        language=language,
    )
    assert (group.asked, group.last, group.helpful, group.unhelpful) == (3, NOON + 5, 1, 2)
    assert {(shown.outcome, shown.article, shown.candidates): count for shown, count in group.shown} == {
        ("none", None, ()): 1,
        ("unsure", None, ("q4", "q5")): 1,
        ("faq", "q5", ()): 1,
    }
    assert group.meant == (("q4", 2), ("q6", 1))


def test_bare_hosts_are_one_group_without_a_wording(language: Language) -> None:
    assert groups_of("shop.example.com", "https://api.example.com:8443/x", language=language) == [()]


def test_thousands_of_different_questions_are_grouped_in_seconds(language: Language) -> None:
    def word(number: int) -> str:
        return "".join(chr(97 + (number * prime) % 26) for prime in (7, 11, 13, 17, 19, 23)) + "zq" * (number % 4)

    gaps = [gap(" ".join(word(number * step) for step in range(1, 7))) for number in range(5_000)]
    begun = time.process_time()  # of this process alone, however busy the machine is
    found = grouped(gaps, language=language)
    assert sum(group.asked for group in found) == 5_000
    assert time.process_time() - begun < 20


# The command


@pytest.fixture
def faq(tmp_path: Path) -> Path:
    folder = tmp_path / "faq"
    folder.mkdir()
    (folder / "delivery.md").write_text(FAQ, "utf-8")
    return folder


Fill = Callable[[Store], Awaitable[None]]


def filled(database: str, fill: Fill) -> Settings:
    """The settings of a store with something in it."""

    async def run() -> None:
        store = await Store.open(database)
        await fill(store)
        await store.close()

    asyncio.run(run())
    return Settings(database=database)


async def asked(store: Store, texts: Sequence[str], *, meant: str | None = None, outcome: str = "none") -> None:
    """Questions that were answered with nothing, and perhaps an entry that their askers meant."""
    for number, text in enumerate(texts, 1):
        made_of = answered(article=None, candidates=())
        stored = await ask(store, number, text=text, outcome=outcome, created_at=NOON + number, kept=made_of)
        if meant is not None:
            await store.choose(stored, person="U0SECRET99", article=meant, now=NOON)


def printed(
    settings: Settings,
    capsys: pytest.CaptureFixture[str],
    faq: Path,
    *,
    since: str | None = None,
    as_json: bool = False,
) -> str:
    library = Library.load(faq)
    assert knowledge_commands.gaps(library, settings=settings, since=since, as_json=as_json, now=NOON + 10 * DAY) == 0
    return capsys.readouterr().out


def test_questions_without_an_answer_are_printed_with_lines_to_paste(
    database: str, capsys: pytest.CaptureFixture[str], faq: Path
) -> None:
    settings = filled(database, lambda store: asked(store, ["what about quic?", "quic, what about", "pay by card"]))
    assert printed(settings, capsys, faq) == (
        "2 times, last on 2027-01-15: quic, what about\n"
        "  also: what about quic?\n"
        "  answered with: nothing (2)\n"
        "  today: nothing\n"
        "  for the sidecar of the entry that answers it, in its aliases:\n"
        '    "quic, what about",\n'
        '    "what about quic?",\n'
        "\n"
        "once, last on 2027-01-15: pay by card\n"
        "  answered with: nothing (1)\n"
        "  today: nothing\n"
        "  for the sidecar of the entry that answers it, in its aliases:\n"
        '    "pay by card",\n'
        "\n"
        "3 questions in 2 groups, of the 30 days that are kept\n"
    )


@pytest.mark.parametrize(("article", "table"), [("delivery/renew", "renew"), ("delivery/a.b", '"a.b"')])
@pytest.mark.parametrize(
    "text", ["wheels fall off the wagon", 'the "wagon" \\ and its wheels', "le chariot a perdu ses roues 🛞, été"]
)
def test_what_is_printed_can_be_pasted_and_then_answers_the_question(
    database: str, capsys: pytest.CaptureFixture[str], faq: Path, article: str, table: str, text: str
) -> None:
    settings = filled(database, lambda store: asked(store, [text], meant=article))
    lines = printed(settings, capsys, faq).split("\n")
    at = lines.index(f"  for {faq}/delivery.asks.toml, under [{table}], in aliases:")
    sidecar = f"[{table}]\naliases = [\n{lines[at + 1]}\n]\n"
    tomllib.loads(sidecar)
    assert article not in [match.article.id for match in Library.load(faq).search(text)]
    (faq / "delivery.asks.toml").write_text(sidecar, "utf-8")
    library = Library.load(faq)
    assert not library.problems
    assert library.search(text)[0].article.id == article
    assert f"  today: {article}\n" in printed(settings, capsys, faq)


def test_for_the_page_of_a_cause_its_own_list_is_named(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    from knowledge.library import SHIPPED

    settings = filled(database, lambda store: asked(store, ["the wagon is late"], meant="certificate.expired"))
    [causes] = [folder for folder in SHIPPED if folder.name == "causes"]
    out = printed(settings, capsys, causes)
    assert 'causes/certificate.expired.md, under "How people ask":\n    - the wagon is late\n' in out


def test_an_entry_that_is_no_longer_there_is_not_named_as_a_place(
    database: str, capsys: pytest.CaptureFixture[str], faq: Path
) -> None:
    settings = filled(database, lambda store: asked(store, ["the wagon"], meant="delivery/gone"))
    out = printed(settings, capsys, faq)
    assert "people meant: delivery/gone (1)" in out
    assert "for the sidecar of the entry that answers it" in out


def test_nobody_is_named(database: str, capsys: pytest.CaptureFixture[str], faq: Path) -> None:
    async def fill(store: Store) -> None:
        await asked(store, ["<@U0SECRET99|secretname> U0SECRET99 @secretname the wagon"], meant="delivery/renew")

    settings = filled(database, fill)
    for as_json in (False, True):
        out = printed(settings, capsys, faq, as_json=as_json)
        assert "the wagon" in out
        assert "secret" not in out.casefold()


def test_nothing_in_a_question_moves_the_terminal(database: str, capsys: pytest.CaptureFixture[str], faq: Path) -> None:
    text = "wagon \x1b]0;title\x07 \u202eback\u202c \x9b31m\u2028and\u200b\n on \ue000"
    settings = filled(database, lambda store: asked(store, [text]))
    for as_json in (False, True):
        out = printed(settings, capsys, faq, as_json=as_json)
        assert "wagon" in out
        assert all(line.isprintable() for line in out.split("\n"))


def test_a_report_as_long_as_a_page_is_no_alias(database: str, capsys: pytest.CaptureFixture[str], faq: Path) -> None:
    settings = filled(database, lambda store: asked(store, ["the wagon and its wheels " * 100]))
    out = printed(settings, capsys, faq)
    assert "once" in out
    assert "aliases" not in out
    assert max(map(len, out.split("\n"))) <= knowledge_commands.LONGEST_LINE


def test_only_the_last_days_are_printed_where_that_is_asked_for(
    database: str, capsys: pytest.CaptureFixture[str], faq: Path
) -> None:
    settings = filled(database, lambda store: asked(store, ["the wagon"]))
    assert "1 question in 1 group, of the last 10 days\n" in printed(settings, capsys, faq, since="10")
    assert printed(settings, capsys, faq, since="9") == (
        "Nothing of the last 9 days was left without an answer, found not helpful, or meant otherwise.\n"
    )
    assert printed(settings, capsys, faq, since="9", as_json=True) == ""


@pytest.mark.parametrize("since", ["0", "-1", "x", "1.5", "", "99999", "7 days"])
def test_a_number_of_days_that_is_none_is_refused(since: str, faq: Path) -> None:
    with pytest.raises(UsageError, match=r"--since has .*A good value: 30"):
        knowledge_commands.gaps(Library.load(faq), settings=Settings(), since=since, as_json=False, now=NOON)


def test_a_group_is_one_line_of_json(database: str, capsys: pytest.CaptureFixture[str], faq: Path) -> None:
    settings = filled(database, lambda store: asked(store, ["the wagon"], meant="delivery/renew", outcome="unsure"))
    [line, end] = printed(settings, capsys, faq, as_json=True).split("\n")
    assert end == ""
    assert json.loads(line) == {
        "schema": 1,
        "text": "the wagon",
        "asked": 1,
        "last": "2027-01-15T08:00:01Z",
        "texts": ["the wagon"],
        "answered": [{"kind": "unsure", "article": None, "candidates": [], "times": 1}],
        "helpful": 0,
        "unhelpful": 0,
        "meant": [{"article": "delivery/renew", "people": 1}],
        "today": {"kind": "none", "article": None, "candidates": []},
        "file": f"{faq}/delivery.asks.toml",
        "table": "renew",
        "aliases": ["the wagon"],
    }


def test_an_empty_store_holds_nothing_and_that_is_said(
    database: str, capsys: pytest.CaptureFixture[str], faq: Path
) -> None:
    async def nothing(_: Store) -> None:
        return

    assert printed(filled(database, nothing), capsys, faq).startswith("Nothing of the 30 days that are kept")


def test_without_a_store_nothing_is_printed_and_none_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], faq: Path
) -> None:
    settings = Settings.read({"XDG_DATA_HOME": str(tmp_path)})
    assert knowledge_commands.gaps(Library.load(faq), settings=settings, since=None, as_json=False, now=NOON) == 0
    out = capsys.readouterr()
    assert (out.out, "There is no store yet" in out.err) == ("", True)
    assert not settings.data_folder.exists()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("sqlite:///{folder}/typing-eror.db", "there is no store there"),
        ("sqlite:///{folder}", "which is a folder"),
        ("sqlite://padlock:secret@host/x", "a file and nothing else"),
        ("postgresql://padlock:secret@127.0.0.1:1/x", "cannot be opened"),
        ("mysql://padlock:secret@127.0.0.1:1/x", "SQLite or PostgreSQL"),
        ("secret", "no SQLAlchemy URL"),
    ],
)
def test_a_store_that_cannot_be_read_is_named_in_plain_words(tmp_path: Path, faq: Path, url: str, words: str) -> None:
    settings = replace(Settings.read({"HOME": "/nowhere"}), database=url.format(folder=tmp_path))
    with pytest.raises(SettingError, match=words) as caught:
        knowledge_commands.gaps(Library.load(faq), settings=settings, since=None, as_json=False, now=NOON)
    assert "secret" not in str(caught.value)
    assert not (tmp_path / "typing-eror.db").exists()


def padlock(*arguments: str, database: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """The command as people type it."""
    settings = {"HOME": str(folder), "PATH": os.environ["PATH"], "PADLOCK_DATABASE": database}
    command = [sys.executable, "-m", "bot", "knowledge", "gaps", *arguments]
    return subprocess.run(
        command, env=settings, cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=60, check=False
    )


def test_the_command_prints_the_gaps_and_ends_well(database: str, tmp_path: Path) -> None:
    filled(database, lambda store: asked(store, ["the wagon"]))
    ended = padlock(database=database, folder=tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "the wagon" in ended.stdout
    ended = padlock("--json", "--since", "3653", database=database, folder=tmp_path)
    assert json.loads(ended.stdout)["text"] == "the wagon"


def test_the_command_ends_as_a_usage_error_where_the_store_cannot_be_read(tmp_path: Path) -> None:
    ended = padlock(database=f"sqlite:///{tmp_path}/typing-eror.db", folder=tmp_path)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("padlock: PADLOCK_DATABASE names ")
