"""A process that hangs ends; one that works, however long, does not."""

import subprocess
import sys

import pytest

PROGRAM = """
import asyncio, time
from bot.slack.watchdog import watched

async def main():
    async with watched(seconds=0.6):
        await asyncio.sleep(0.1)
        {work}
    time.sleep(1)

asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("work", "status", "told"),
    [
        # The loop stands still.
        ("time.sleep(60)", 1, "Timeout"),
        # The loop turns, for longer than it may stand still; nor is the process watched afterwards.
        ("await asyncio.sleep(1.5)", 0, ""),
    ],
    ids=["hangs", "works"],
)
def test_only_a_process_that_hangs_is_ended(work: str, status: int, told: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(work=work)], capture_output=True, text=True, timeout=30, check=False
    )
    assert ended.returncode == status
    assert told in ended.stderr
    assert ("in main" in ended.stderr) == bool(told)
