"""However a target is spelled, it is refused, or looked at, as what it is."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx
import pytest

from diagnostics.location import read_location, read_url
from diagnostics.probes.guard import Guard
from diagnostics.target import InvalidTarget, parse_target
from tests.lab.hosts import Lab
from tests.security.answers import ANSWERS
from tests.security.spellings import Outcome, spellings

ROOT = Path(__file__).resolve().parents[2]
TABLE = spellings()

# Runs `padlock` and writes what sockets were pointed at into the file that is named first.
_WATCHED = """
import json, sys
seen = []
def watch(event, arguments):
    if event in ("socket.connect", "socket.sendto"):
        kind = "datagram" if arguments[0].type == 2 else "stream"
        seen.append([event, kind, str(arguments[1][0]), arguments[1][1]])
    elif event.startswith("socket.get") and event not in ("socket.getservbyname", "socket.gethostname"):
        seen.append([event, "name", str(arguments[0]), 0])
from bot.cli import main
sys.addaudithook(watch)
status = main(sys.argv[2:])
with open(sys.argv[1], "w") as file:
    json.dump(seen, file)
sys.exit(status)
"""


def outcome_of(text: str) -> Outcome:
    target = parse_target(text)
    if isinstance(target, InvalidTarget):
        return Outcome.INVALID
    judge = Guard(own_address=lambda ip: False)
    return Outcome.LOOKED_AT if judge.refuses(target) is None else Outcome.FORBIDDEN


@pytest.mark.parametrize("group", sorted({row.group for row in TABLE}))
def test_every_spelling_ends_in_its_outcome(group: str) -> None:
    wrong = [
        (ascii(row.text[:80]), row.outcome.value, found.value)
        for row in TABLE
        if row.group == group and (found := outcome_of(row.text)) is not row.outcome
    ]
    assert wrong == []


def test_the_table_is_large() -> None:
    outcomes = Counter(row.outcome for row in TABLE)
    assert outcomes[Outcome.FORBIDDEN] > 500
    assert min(outcomes.values()) > 200


def test_the_normal_form_of_a_target_is_the_same_target() -> None:
    for row in TABLE:
        target = parse_target(row.text)
        if isinstance(target, InvalidTarget):
            continue
        shown = f"[{target.host}]:{target.port}" if ":" in target.host else f"{target.host}:{target.port}"
        again = parse_target(shown)
        assert not isinstance(again, InvalidTarget), ascii(row.text)
        assert (again.host, again.port) == (target.host, target.port)


def test_no_spelling_shows_its_password() -> None:
    rows = [row for row in TABLE if "secret" in row.text]
    assert len(rows) > 5
    assert [ascii(row.text) for row in rows if "secret" in parse_target(row.text).text] == []


REDIRECTS = ("{}", "https://{}", "https://{}/", "http://x@{}/p?q", "//{}/", "\\\\{}\\p", "\t/\n/{}")


@pytest.mark.parametrize("form", REDIRECTS)
def test_a_redirect_leads_no_further_than_a_target_may(form: str) -> None:
    """Redirects and the addresses in certificates are read as browsers read them, and judged by the same rule."""
    judge = Guard(own_address=lambda ip: False)
    base = read_url("https://shop.example.com/")
    assert base is not None
    led: Counter[bool] = Counter()
    for row in TABLE:
        link = read_location(form.format(row.text), base=base) if len(row.text) < 5_000 else None
        if link is None or link.target.host == base.target.host:
            continue
        admitted = judge.refuses(link.target) is None
        led[admitted] += 1
        assert not (admitted and row.outcome is Outcome.FORBIDDEN), ascii(row.text)
        # Who sends the request reads the same host in the URL as was judged.
        assert httpx.URL(link.url).raw_host.decode().strip("[]") == link.target.host, ascii(row.text)
    assert form == "{}" or min(led[True], led[False]) > 200


# --- the same through the command ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab() as running:
        yield running


Seen = list[tuple[str, str, str, int]]


def check(lab: Lab, lines: Sequence[str], folder: Path) -> tuple[list[dict[str, object]], Seen]:
    """The reports of `padlock check --json` for these lines, and what its sockets were pointed at.

    Nothing but the look-up is done, so that no public address is contacted from a test.
    """
    watched = folder / "seen.json"
    arguments = ["--json", "--checks", "dns", "--file", "-", "--nameserver", lab.dns.address, "--timeout", "20"]
    done = subprocess.run(
        [sys.executable, "-c", _WATCHED, str(watched), "check", *arguments],
        cwd=ROOT,
        input="\n".join(lines).encode(),
        env={"PATH": os.environ["PATH"], "HOME": str(folder)},
        capture_output=True,
        timeout=120,
    )
    assert done.stderr == b""
    found: list[dict[str, object]] = [json.loads(line) for line in done.stdout.splitlines()]
    return found, [tuple(each) for each in json.loads(watched.read_text())]


def in_file(text: str) -> bool:
    """Whether a line of a file can hold a text; what is trimmed or taken for a comment is tested without it."""
    plain = text.strip() == text and 0 < len(text.encode("utf-8", "replace")) < 4000
    return plain and not any(mark in text for mark in "\r\n") and not any("\ud800" <= c <= "\udfff" for c in text)


def test_the_command_refuses_and_looks_at_the_same_ones(lab: Lab, tmp_path: Path) -> None:
    rows = [row for row in TABLE if in_file(row.text) and not row.text.startswith("#")]
    assert len(rows) > 0.95 * len(TABLE)

    reports, seen = check(lab, [row.text for row in rows], tmp_path)

    assert len(reports) == len(rows)
    wrong = []
    counts = Counter(_outcome(report) for report in reports)
    for report in reports:
        if _outcome(report) is not Outcome.LOOKED_AT:
            facts = (report["checks"], report["addresses"], report["hops"], report["aliases"], report["seconds"])
            if facts != ([], [], [], [], 0.0):
                wrong.append(report)
    assert wrong == []
    assert counts == Counter(row.outcome for row in rows)
    server = lab.dns.address.rpartition(":")[0]
    assert {each[0] for each in seen if each[1] == "name"} == set()  # no name reaches the system's resolver
    assert {each for each in seen if each[1] == "stream"} == set()
    assert {each[2] for each in seen if each[0] == "socket.sendto"} <= {server}
    # A forbidden name leaves no trace in DNS, which would tell the outside what was asked.
    asked = {query.name.rstrip(".").lower() for query in lab.dns.queries}
    assert asked
    assert {name for name in asked if name.endswith((".local", ".internal", "localhost", ".onion"))} == set()
    assert "metadata.goog" not in asked


def _outcome(report: dict[str, object]) -> Outcome:
    if report["cause"] == "target.invalid":
        return Outcome.INVALID
    return Outcome.FORBIDDEN if report["cause"] == "target.forbidden" else Outcome.LOOKED_AT


def test_what_dns_answers_is_judged_before_anything_is_contacted(lab: Lab, tmp_path: Path) -> None:
    """Names that lead inside: by an address of each kind, through aliases, beside a public one."""
    expected: dict[str, str] = {}
    for number, answer in enumerate(ANSWERS):
        name = f"answer-{number}.example"
        for owner, records in answer.zone(name).items():
            lab.dns.add(owner, *records)
        expected[name] = answer.cause
    reports, seen = check(lab, list(expected), tmp_path)

    found = {str(report["target"]["host"]): report for report in reports}  # type: ignore[index]
    assert {name: report["cause"] or "works" for name, report in found.items()} == expected
    told = json.dumps(reports)
    for answer in ANSWERS:
        for ip in answer.forbidden:
            assert f'"{ip}"' not in told, f"{answer.title}: the report tells {ip}"
    for report in found.values():
        if report["verdict"] == "not_checked":
            assert (report["seconds"], report["checks"], report["addresses"], report["aliases"]) == (0.0, [], [], [])
    assert {each for each in seen if each[1] == "stream"} == set()
