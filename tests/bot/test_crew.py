"""Helpers take their share of a list, and what they leave undone is done all the same."""

import json
import subprocess
import sys

import pytest

from bot.crew import WORTH_HELP

SECONDS = 60
# Each script runs in a process of its own, as the command does: helpers are forked before there are threads.
_BEGIN = """
import asyncio, json, os, sys
from bot.batch import Outcome
from bot.crew import Crew
from diagnostics.judge import Verdict

HERE = os.getpid()

async def examine(target):
    await asyncio.sleep(0)
    await LOOK(target)
    return Outcome(target + " by " + ("us" if os.getpid() == HERE else "helper"), Verdict.BROKEN, "dns.nxdomain")

async def plain(target):
    pass

async def run(crew, count, jobs=20):
    waiting = [f"{number}.example" for number in range(count)]
    texts = []
    async def work():
        while waiting:
            outcome = await crew.examine(waiting.pop())
            assert (outcome.verdict, outcome.cause) == (Verdict.BROKEN, "dns.nxdomain")
            texts.append(outcome.text)
    try:
        await asyncio.gather(*(work() for _ in range(jobs)))
    finally:
        crew.close()
    return texts

def main(count, helpers=1):
    crew = Crew(examine, helpers=helpers)
    try:
        texts = asyncio.run(run(crew, count))
    finally:
        crew.join()
    print(json.dumps(texts))
"""


def texts(script: str) -> list[str]:
    """What the targets came to; nothing may be said beside it, and no process may be left."""
    done = subprocess.run(
        [sys.executable, "-c", _BEGIN + script], capture_output=True, timeout=SECONDS, check=False, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    found: list[str] = json.loads(done.stdout)
    return found


def targets(found: list[str]) -> list[str]:
    return sorted(text.split(" by ")[0] for text in found)


def names(count: int) -> list[str]:
    return sorted(f"{number}.example" for number in range(count))


@pytest.mark.parametrize("helpers", [0, 1, 3])
def test_every_target_comes_back_once_whoever_examines_it(helpers: int) -> None:
    found = texts(f"LOOK = plain; main(300, helpers={helpers})")
    assert targets(found) == names(300)
    assert any(text.endswith("by helper") for text in found) is (helpers > 0)
    assert any(text.endswith("by us") for text in found)


def test_a_short_list_is_no_work_for_helpers() -> None:
    found = texts(f"LOOK = plain; main({WORTH_HELP})")
    assert {text.partition(" by ")[2] for text in found} == {"us"}


def test_the_targets_of_a_helper_that_is_killed_are_done_again() -> None:
    killing = """
async def LOOK(target):
    if os.getpid() != HERE:
        os.kill(os.getpid(), 9)
main(300)
"""
    found = texts(killing)
    assert targets(found) == names(300)
    assert {text.partition(" by ")[2] for text in found} == {"us"}


def test_a_helper_that_fails_leaves_its_targets_to_the_others() -> None:
    failing = """
async def LOOK(target):
    if os.getpid() != HERE:
        raise RuntimeError("no")
main(300, helpers=2)
"""
    assert targets(texts(failing)) == names(300)


def test_a_target_that_never_ends_holds_up_no_other() -> None:
    stalling = """
async def LOOK(target):
    if os.getpid() != HERE and not os.path.exists(MARK):
        open(MARK, "w").close()
        await asyncio.sleep(3600)
async def run_for(crew):
    waiting = [f"{number}.example" for number in range(300)]
    found = []
    async def one(target):
        found.append((await crew.examine(target)).text)
    tasks = {asyncio.create_task(one(target)) for target in waiting}
    while len(found) < 299:
        await asyncio.sleep(0.01)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    crew.close()
    return found
import tempfile
with tempfile.TemporaryDirectory() as folder:
    MARK = folder + "/stalled"
    crew = Crew(examine, helpers=1)
    found = asyncio.run(run_for(crew))
    crew.join()
print(json.dumps(found))
"""
    assert len(set(texts(stalling))) == 299


def test_helpers_end_with_the_process_they_help() -> None:
    """Killed without a word, it leaves nobody behind."""
    script = """
async def LOOK(target):
    await asyncio.sleep(0)
async def forever(crew):
    for number in range(200):
        await asyncio.gather(*(crew.examine(f"{number}-{each}.example") for each in range(4)))
    print(crew._helpers[0]._process.pid, flush=True)
    await asyncio.sleep(3600)
asyncio.run(forever(Crew(examine, helpers=1)))
"""
    with subprocess.Popen([sys.executable, "-c", _BEGIN + script], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip().isdigit()
        process.kill()
        # Its standard output is the helper's too: the end of it is the end of both.
        assert process.stdout.read() == b""
