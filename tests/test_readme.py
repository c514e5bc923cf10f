"""README tells the truth: its example runs and prints what it shows, and every setting is in it."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.demo import TOUR, settings, stops
from tests.lab.faults import FAULTS
from tests.lab.hosts import Lab

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
_ADDRESS = re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b")


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab() as running:
        if not running.real_ports:
            pytest.skip("needs ports 443 and 80")
        yield running


def _words(text: str) -> str:
    """A text without its line breaks and with one name for every address, since both differ from host to host."""
    return " ".join(_ADDRESS.sub("ADDRESS", text).split())


def _help(*arguments: str) -> str:
    run = subprocess.run(
        [sys.executable, "-m", "bot", *arguments, "--help"], capture_output=True, text=True, check=True
    )
    return run.stdout


def test_the_example_runs_and_prints_what_is_shown(lab: Lab) -> None:
    example = README.split("```console\n$ padlock ask ", 1)[1].split("```", 1)[0]
    question, _, shown = example.partition("\n")
    default_certificate = next(fault for fault in FAULTS if fault.name == "cdn-default")
    check = default_certificate.broken(lab, "shop.example.com")
    run = subprocess.run(
        [sys.executable, "-m", "bot", "ask", question.strip('"')],
        env=settings(check), capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert _words(run.stdout).startswith(_words(shown))


def test_every_setting_is_in_readme_and_in_help() -> None:
    known = set(re.findall(r"(?:PADLOCK|SLACK)_[A-Z_]+", _help()))
    assert len(known) >= 15
    assert known <= set(re.findall(r"(?:PADLOCK|SLACK)_[A-Z_]+", README))


def test_every_command_in_readme_is_in_help() -> None:
    named = set(re.findall(r"^\| `padlock ([a-z]+)", README, re.MULTILINE))
    assert named
    overview = _help()
    assert all(re.search(rf"^    {name}\b", overview, re.MULTILINE) for name in named)


def test_the_demo_can_show_its_whole_tour_here(lab: Lab) -> None:
    assert [fault.name for fault in stops(lab)] == list(TOUR)


def test_the_transcript_shows_every_stop_of_the_tour() -> None:
    transcript = (ROOT / "docs" / "demo.txt").read_text("utf-8")
    assert transcript.count("[BROKEN]") == len(TOUR)
    assert transcript.count("[WORKS]") == 1
