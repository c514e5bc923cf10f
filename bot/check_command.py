"""`padlock check`: targets from the command line and from a file, each printed as soon as it is diagnosed."""

import asyncio
import gc
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import nullcontext, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot.answer import Find, check
from bot.arguments import UsageError
from bot.batch import Batch, Key, Outcome, in_thread, read_pieces, target_lines
from bot.crew import Crew, cores
from bot.output import OutputError, put
from bot.render.json import dumps, report_object, typed
from bot.screen import Live, Screen
from bot.settings import SettingError
from bot.tally import Tally
from diagnostics.catalogue import CheckName
from diagnostics.diagnose import EVERY_CHECK, diagnose
from diagnostics.instruments import Instruments
from diagnostics.judge import Verdict
from diagnostics.target import Target, parse_target

if TYPE_CHECKING:
    from bot.report import Report
    from bot.settings import Settings

_SHOWN_SECONDS = 0.5  # a line that changes faster cannot be read


def run(
    *,
    targets: Sequence[str],
    file: str | None,
    checks: frozenset[str] | None,
    as_json: bool,
    settings: "Settings",
    find: Find,
) -> frozenset[Verdict]:
    """Check all targets and print each; the verdicts that came up."""
    screen = Screen(sys.stdout, environment=os.environ)
    options = settings.options()
    # For a list only: to copy this process pays from some targets on.
    helpers = min(cores(), settings.jobs) - 1 if file is not None else 0
    try:
        instruments = Instruments(options, processes=helpers + 1)  # once, for all targets
    except ValueError as error:
        raise SettingError(str(error)) from None
    if file is not None:
        # What diagnoses leave behind in circles is little; to look for it seldom saves a fifteenth of the work.
        gc.set_threshold(20_000, 50, 100)
    if helpers:
        instruments.load()
    wanted = EVERY_CHECK if checks is None else frozenset(map(CheckName, checks))
    look = partial(diagnose, checks=wanted, instruments=instruments)
    tally = Tally()
    progress = _ProgressLine(tally, file=file)

    def text(report: "Report") -> str:
        return dumps(report_object(report)) if as_json else screen.text(report)

    def write(outcomes: list[Outcome]) -> None:
        gap = "" if as_json else "\n"
        lines = []
        for outcome in outcomes:
            lines.append(f"{gap if tally.total else ''}{outcome.text}\n")
            tally.add(outcome.verdict, outcome.cause)
        progress.hide()
        put("".join(lines), stream=sys.stdout)
        progress.show()

    async def examine(target: str) -> Outcome:
        # Of several at once, one line each would tell less than the reports that come by themselves.
        single = file is None and len(targets) == 1 and not as_json
        with Live(screen) if single else nullcontext() as live:
            report = await check(target, find=find, options=options, diagnose=look, progress=live)
        return Outcome(text(report), report.diagnosis.verdict, report.diagnosis.cause)

    crew = Crew(examine, helpers=helpers)
    batch = Batch(examine=crew.examine, rename=_rename if as_json else _same, key=_key)

    async def work() -> None:
        try:
            await batch.run(_all(targets, file), jobs=settings.jobs, write=write)
        finally:
            crew.close()

    try:
        asyncio.run(work())
    finally:
        crew.join()
        progress.hide()
        if file is not None and tally.total > 1:
            _sum_up(tally, as_json=as_json)
    return frozenset(tally.verdicts)


def _sum_up(tally: Tally, *, as_json: bool) -> None:
    """Say what a list came to: below the reports for people; to whoever watches, where these are for a program."""
    if not as_json:
        put(f"\n{tally.summary()}\n", stream=sys.stdout)
    elif sys.stderr is not None and sys.stderr.isatty():
        with suppress(OSError, OutputError):
            put(f"{tally.summary()}\n", stream=sys.stderr)


class _ProgressLine:
    """How far a list has got, on the last line of a terminal; nothing where standard error is none."""

    def __init__(self, tally: Tally, *, file: str | None) -> None:
        self._tally = tally
        self._live = file is not None and sys.stderr is not None and sys.stderr.isatty()
        self._expected = _count(file) if self._live and file is not None else None
        self._started = time.monotonic()
        self._text = ""  # what was shown last, and when
        self._told = 0.0
        self._shown = False

    def show(self) -> None:
        """Show it below what has been printed; no more often anew than one can read."""
        if not self._live:
            return
        now = time.monotonic()
        if not self._text or now - self._told >= _SHOWN_SECONDS:
            self._text, self._told = self._tally.progress(seconds=now - self._started, expected=self._expected), now
        self._say(self._text)
        self._shown = True

    def hide(self) -> None:
        """Take it away before something else is printed."""
        if self._shown:
            self._say("\r\x1b[K")  # to the left, and clear the line (ECMA-48 §8.3.41)
            self._shown = False

    def _say(self, text: str) -> None:
        with suppress(OSError, OutputError):
            put(text, stream=sys.stderr)


def _count(file: str) -> int | None:
    """About how many targets a file holds; None for what can be read only once."""
    path = Path(file)
    try:
        if file == "-" or not path.is_file():
            return None
        with path.open("rb") as lines:
            return sum(1 for line in lines if line.strip() and not line.lstrip().startswith(b"#"))
    except (OSError, ValueError):
        return None


async def _all(targets: Sequence[str], file: str | None) -> AsyncIterator[str]:
    for target in targets:
        yield target
    if file is not None:
        async for target in in_thread(target_lines(_pieces(file))):
            yield target


def _pieces(file: str) -> Iterator[bytes]:
    """The bytes of a file, or of standard input where its name is `-`."""
    descriptor = 0
    try:
        if file != "-":
            descriptor = os.open(file, os.O_RDONLY)
        yield from read_pieces(descriptor)
    except (OSError, ValueError) as error:
        why = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else "not a file name"
        raise UsageError(f"--file has {typed(file)!r}, which cannot be read: {why}") from None
    finally:
        if descriptor:
            os.close(descriptor)


def _key(target: str) -> Key | None:
    parsed = parse_target(target)
    return (parsed.host, parsed.port) if isinstance(parsed, Target) else None


def _rename(line: str, target: str) -> str:
    """The same report for another line that names the host."""
    report = json.loads(line)
    report["target"]["input"] = typed(parse_target(target).text)
    return json.dumps(report)


def _same(text: str, _: str) -> str:
    return text
