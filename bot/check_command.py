"""`padlock check`: targets from the command line and from a file, each printed as soon as it is diagnosed."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING

from bot.answer import Find, check
from bot.arguments import UsageError
from bot.batch import Batch, Key, Outcome, in_thread, read_pieces, target_lines
from bot.output import put
from bot.render.json import dumps, report_object, typed
from bot.screen import Live, Screen
from bot.settings import SettingError
from diagnostics.catalogue import CheckName
from diagnostics.diagnose import EVERY_CHECK, diagnose
from diagnostics.instruments import Instruments
from diagnostics.judge import Verdict
from diagnostics.target import Target, parse_target

if TYPE_CHECKING:
    from bot.report import Report
    from bot.settings import Settings


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
    try:
        look = partial(
            diagnose,
            checks=EVERY_CHECK if checks is None else frozenset(map(CheckName, checks)),
            instruments=Instruments(options),  # once, for all targets
        )
    except ValueError as error:
        raise SettingError(str(error)) from None
    printed = 0

    def text(report: "Report") -> str:
        return dumps(report_object(report)) if as_json else screen.text(report)

    def write(line: str) -> None:
        nonlocal printed
        gap = "\n" if printed and not as_json else ""
        put(f"{gap}{line}\n", stream=sys.stdout)
        printed += 1

    async def examine(target: str) -> Outcome:
        # Of several at once, one line each would tell less than the reports that come by themselves.
        single = file is None and len(targets) == 1 and not as_json
        with Live(screen) if single else nullcontext() as progress:
            report = await check(target, find=find, options=options, diagnose=look, progress=progress)
        return Outcome(text(report), report.diagnosis.verdict)

    batch = Batch(examine=examine, rename=_rename if as_json else _same, key=_key)
    return asyncio.run(batch.run(_all(targets, file), jobs=settings.jobs, write=write))


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
