"""Writes the table of attacks tried into docs/security.md: `python -m tests.security.report [--write]`.

Every row is counted from the tests' own tables. Most are tried here and now; what needs servers is left to the suite,
and the row says so. A row that does not hold ends it with status 1.
"""

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.answer import Answer, AnswerKind
from bot.redaction import without_secrets
from bot.render import terminal
from bot.render.json import dumps, report_object
from bot.render.slack import render
from bot.report import Report
from bot.slack.files import Files
from diagnostics.facts import Facts
from diagnostics.judge import REGISTERED, judge
from diagnostics.location import read_location, read_url
from diagnostics.probes.guard import Guard
from diagnostics.target import InvalidTarget, parse_target
from tests.benchmarks.hostile import MORE
from tests.benchmarks.measure import refresh, table
from tests.diagnostics import test_guard
from tests.diagnostics.test_hostile import CAUSES
from tests.lab.faults import FAULTS
from tests.lab.faults.hostile import HOSTILE
from tests.security import test_presses, test_secrets
from tests.security.answers import ANSWERS
from tests.security.cases import cases
from tests.security.nasty import NASTY, hidden_in
from tests.security.parsers import parsers
from tests.security.provoked import OUTSIDE, poisoned, provoked
from tests.security.spellings import Outcome, Spelling, spellings
from tests.security.test_fuzz import EXAMPLES
from tests.security.test_spellings import REDIRECTS

DOCUMENT = Path(__file__).parents[2] / "docs" / "security.md"
NAME = "attacks"


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of attack: how many there are, how many ended as they have to (None: not tried here), and how."""

    attack: str
    tried: int
    held: int | None
    outcome: str


def rows() -> Iterator[Row]:
    """Every row, each counted by trying."""
    yield from _targets()
    yield from _addresses()
    yield from _redirects()
    yield from _texts()
    yield from _servers()
    yield from _slack()
    yield from _readers()


def _outcome(row: Spelling) -> Outcome:
    target = parse_target(row.text)
    if isinstance(target, InvalidTarget):
        return Outcome.INVALID
    refused = Guard(own_address=lambda ip: False).refuses(target)
    return Outcome.LOOKED_AT if refused is None else Outcome.FORBIDDEN


_ENDS = {
    Outcome.FORBIDDEN: "refused, without a look-up",
    Outcome.INVALID: "no target",
    Outcome.LOOKED_AT: "looked at",
}


def _targets() -> Iterator[Row]:
    table = spellings()
    for group in dict.fromkeys(row.group for row in table):
        some = [row for row in table if row.group == group]
        counts = Counter(row.outcome for row in some)
        ends = ", ".join(f"{counts[outcome]} {words}" for outcome, words in _ENDS.items() if counts[outcome])
        yield Row(f"Spellings of targets: {group}", len(some), sum(_outcome(row) is row.outcome for row in some), ends)


def _addresses() -> Iterator[Row]:
    guard = test_guard.guard()

    def count(ips: list[str], admitted: Callable[[str], bool]) -> int:
        return sum(test_guard.admits(guard, ip) is admitted(ip) for ip in ips)

    forbidden = [*test_guard.FORBIDDEN, *(ip for inner in test_guard.NOT_PUBLIC_INSIDE for ip in embeddings(inner))]
    yield Row("Addresses that are not public", len(forbidden), count(forbidden, lambda _: False), "not contacted")
    edges = dict(test_guard.edges())
    yield Row(
        "Both sides of both edges of every special block",
        len(edges),
        count(list(edges), edges.__getitem__),
        "as the registries say",
    )
    yield Row(
        "DNS answers that lead inside, by aliases too, and a few that do not",
        len(ANSWERS),
        None,
        "judged before anything is contacted",
    )


def _redirects() -> Iterator[Row]:
    judge = Guard(own_address=lambda ip: False)
    base = read_url("https://shop.example.com/")
    tried = held = 0
    for row in spellings():
        if row.outcome is not Outcome.FORBIDDEN or base is None:
            continue
        for form in REDIRECTS:
            link = read_location(form.format(row.text), base=base)
            led = link is not None and link.target.host != base.target.host
            tried += led
            held += led and link is not None and judge.refuses(link.target) is not None
    yield Row(
        "Hosts with one fault each, diagnosed under an audit hook",
        len({fault.code for fault in FAULTS}),
        None,
        "their own addresses and the nameservers are contacted, nothing else",
    )
    yield Row("Redirects to the forbidden spellings", tried, held, f"not followed ({len(REDIRECTS)} forms of each)")


def embeddings(inner: str) -> list[str]:
    """The IPv6 addresses that stand for an IPv4 one."""
    return test_guard.embeddings(inner)


def _texts() -> Iterator[Row]:
    tried: Counter[str] = Counter()
    held: Counter[str] = Counter()
    for facts in provoked().values():
        for text in NASTY.values():
            hostile = poisoned(facts, text)
            if not isinstance(hostile, Facts):
                raise TypeError("facts stay facts")
            report = Report(target=hostile.text, diagnosis=judge(hostile))
            answer = Answer(question=hostile.text, kind=AnswerKind.DIAGNOSIS, reports=(report,))
            shown = {
                "the terminal": terminal.render(report, colour=False, details=True),
                "JSON": "\n".join(_strings(json.loads(dumps(report_object(report))))),
                "Slack": "\n".join(_strings([[m.text, list(m.blocks)] for m in render(answer, details=True)])),
            }
            for surface, words in shown.items():
                tried[surface] += 1
                held[surface] += not hidden_in(words, but="\n")
    for surface, number in tried.items():
        yield Row(
            f"Hostile text in every field that strangers fill, in {surface}",
            number,
            held[surface],
            f"nothing hidden is shown ({len(REGISTERED)} causes, {len(NASTY)} texts, {len(OUTSIDE)} kinds of field)",
        )


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for pair in value.items() for each in pair for text in _strings(each))
    elif isinstance(value, (list, tuple)):
        yield from (text for each in value for text in _strings(each))


def _servers() -> Iterator[Row]:
    working = sum(cause is None for cause in CAUSES.values())
    yield Row(
        "Servers that flood, drip or lie",
        len(HOSTILE),
        None,
        f"each ends in its cause, {working} of them in none",
    )
    yield Row(
        "The same on sixteen addresses at once, and in revocation",
        len(MORE),
        None,
        "within the time limit and half a second, and 64 MB (by `python -m tests.benchmarks.hostile`)",
    )


def _slack() -> Iterator[Row]:
    tried = held = 0
    for _, body, read_body in test_presses.SOUND:
        for changed in test_presses.spoilt(body):
            tried += 1
            held += test_presses.is_sound(read_body(changed, now=1.0))
    yield Row(
        "Payloads of presses, shortcuts, tabs and files, with something wrong in one place",
        tried,
        held,
        "stored soundly, or not at all",
    )
    yield Row(
        "Requests that Slack has not signed",
        len(test_presses.UNSIGNED),
        None,
        "refused, without a trace in the log",
    )
    files = Files(token="", api_url=test_presses.OWN)
    yield Row(
        "Addresses of files that only look like Slack's",
        len(test_presses.NOT_SLACKS),
        sum(not files.is_slacks(url) for url in test_presses.NOT_SLACKS),
        "the token is not shown there",
    )
    secrets = [*test_secrets.KEYS, *test_secrets.OTHER_SECRETS]
    yield Row(
        "Keys and passwords in a question",
        len(secrets),
        sum(test_secrets.MARK not in without_secrets(f"is this right? {each}") for each in secrets),
        "not stored, by whichever way they come",
    )


def _readers() -> Iterator[Row]:
    readers = list(parsers())
    yield Row(
        "Made-up inputs for every reader of outside bytes",
        len(readers) * EXAMPLES,
        None,
        f"no reader fails ({len(readers)} readers; `python -m tests.benchmarks.fuzz` goes further)",
    )
    found = [case for reader in readers for case in cases(reader.name)]
    failing = sum(_fails(reader.check, reader.name) for reader in readers)
    yield Row("Inputs that once made one fail", len(found), len(found) - failing, "mended, and read again each time")


def _fails(check: Callable[[str | bytes], None], name: str) -> int:
    from tests.security.cases import read

    failing = 0
    for case in cases(name):
        try:
            check(read(case))
        except Exception:
            failing += 1
    return failing


def main(arguments: list[str]) -> int:
    found = list(rows())
    lines = [
        [row.attack, f"{row.tried:,}", "in the suite" if row.held is None else f"{row.held:,}", row.outcome]
        for row in found
    ]
    text = table(["attack", "tried", "ended so", "outcome"], lines)
    text += f"\n\n{sum(row.tried for row in found):,} in all."
    print(text)
    if "--write" in arguments:
        refresh(DOCUMENT, name=NAME, text=text)
    return 0 if all(row.held in (row.tried, None) for row in found) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
