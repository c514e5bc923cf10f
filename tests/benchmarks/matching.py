"""Measures how long a question takes to match and how much memory the entries need, from 6 entries to 10,000.

`python -m tests.benchmarks.matching [--write]` prints a line for each size: Padlock's matcher beside rapidfuzz's
`process.extract` (WRatio, best five) over the same entries' questions, question by question in turn. With `--write` it
refreshes docs/performance.md. Each size runs in a process of its own, so that its memory can be told.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from rapidfuzz import fuzz, process

from knowledge.library import Library
from tests.benchmarks.measure import PERFORMANCE, ROOT, refresh, table

SHIPPED = 0  # stands for the knowledge base that comes with Padlock, in place of a number of made-up entries
SIZES = (SHIPPED, 6, 100, 1_000, 10_000)
QUESTIONS, ROUNDS = 40, 3
ENTRIES_A_FILE = 50
SEED = 20261124

_ACTIONS = ("configure", "renew", "delete", "upload", "replace", "verify", "export", "enable", "purge", "restrict")
_THINGS = ("certificate", "domain", "cache rule", "origin server", "log file", "traffic package", "access key",
           "bucket", "invoice", "IP whitelist", "header", "redirect", "private key", "DNS record", "project",
           "alarm", "video stream", "error page", "byte range", "template", "quota", "region")  # fmt: skip
_PLACES = ("the console", "the API", "an old account", "two regions", "a mobile app", "a WordPress site",
           "the billing page", "a load balancer", "several nodes", "a test system", "a game client")  # fmt: skip
_ELSE = (
    "is there a discount for students",
    "who won the match last night",
    "my printer is out of paper",
    "which laptop should I buy",
    "when does the office open",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Milliseconds of CPU a question (the median), and megabytes of memory over the process without the entries."""

    entries: int
    phrases: int
    build: float
    first: float
    padlock: float
    rapidfuzz: float
    megabytes: float


def made_up(count: int) -> list[str]:
    """This many different questions, the same each time."""
    chance = random.Random(SEED)
    found: dict[str, None] = {}
    while len(found) < count:
        action, thing, place = (chance.choice(words) for words in (_ACTIONS, _THINGS, _PLACES))
        # Numbers keep ten thousand apart, as the product names of a large FAQ do.
        product = f"{chance.choice('ABCDEFGHKLMN')}{chance.randrange(1, 400)}"
        found[f"How do I {action} the {thing} of product {product} with {place}?"] = None
    return list(found)


def write_entries(questions: Sequence[str], folder: Path) -> None:
    """The questions as FAQ files, each with an answer."""
    for start in range(0, len(questions), ENTRIES_A_FILE):
        entries = (
            f"[](id:e{number})\n### {question}\nOpen the console and choose the entry that the question names.\n"
            for number, question in enumerate(questions[start : start + ENTRIES_A_FILE], start)
        )
        (folder / f"part{start}.md").write_text("## Questions\n\n" + "\n".join(entries), "utf-8")


def asked(questions: Sequence[str]) -> list[str]:
    """What people ask: entries in other words, some with a slip of the pen, and what has nothing to do with them."""
    chance = random.Random(SEED + 1)
    found = []
    for number in range(QUESTIONS):
        if number % 8 == 7:
            found.append(_ELSE[number // 8 % len(_ELSE)])
            continue
        words = chance.choice(questions).removeprefix("How do I ").rstrip("?").split()
        if number % 4 == 1:
            slip = chance.randrange(len(words))
            words[slip] = words[slip][:2] + words[slip][3:]
        found.append(f"hi, can somebody tell me how to {' '.join(words)} please")
    return found


def measure(size: int) -> Measured:
    """Load the entries and ask; meant for a process of its own."""
    empty = _megabytes()
    with tempfile.TemporaryDirectory() as name:
        if size != SHIPPED:
            write_entries(made_up(size), Path(name))
        started = time.process_time()
        library = Library.load() if size == SHIPPED else Library.load(name)
        library.matcher  # noqa: B018 - built at the first look
        build = time.process_time() - started
    questions = [entry.question for entry in library.entries]
    texts = asked(questions)
    ours, theirs = [], []
    first = _cpu(library.search, texts[0])
    used = _megabytes() - empty
    for _ in range(ROUNDS):
        for text in texts:
            ours.append(_cpu(library.search, text))
            theirs.append(_cpu(lambda text: process.extract(text, questions, scorer=fuzz.WRatio, limit=5), text))
    return Measured(
        entries=len(questions),
        phrases=sum(len(phrases.phrases) for phrases in library.phrases),
        build=build * 1000,
        first=first,
        padlock=median(ours),
        rapidfuzz=median(theirs),
        megabytes=used,
    )


def _cpu(ask: Callable[[str], object], text: str) -> float:
    started = time.process_time()
    ask(text)
    return (time.process_time() - started) * 1000


def _megabytes() -> float:
    """What the process has in memory now (Linux only)."""
    lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:"))


def measured_apart(size: int) -> Measured:
    """The same in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.matching", "--one", str(size)]
    done = subprocess.run(command, capture_output=True, check=True, cwd=ROOT, timeout=600)
    return Measured(**json.loads(done.stdout))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="refresh docs/performance.md")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one is not None:
        print(json.dumps(asdict(measure(given.one))))
        return 0
    rows = []
    for size in SIZES:
        done = measured_apart(size)
        rows.append(
            (
                f"{done.entries:,}" + (" (shipped)" if size == SHIPPED else ""),
                f"{done.phrases:,}",
                f"{done.build:.0f}",
                f"{done.first:.2f}",
                f"{done.padlock:.2f}",
                f"{done.rapidfuzz:.2f}",
                f"{done.padlock / done.rapidfuzz:.2f}",
                f"{done.megabytes:.1f}",
            )
        )
    figures = ("load and build, ms", "first question, ms", "a question, ms", "process.extract, ms")
    head = ("entries", "ways to ask", *figures, "ratio", "memory, MB")
    text = table(head, rows)
    print(text)
    if given.write:
        refresh(PERFORMANCE, name="matching", text=text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
