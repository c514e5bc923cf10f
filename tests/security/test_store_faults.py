"""What cannot be stored is not acknowledged, nothing accepted is lost, and the bot recovers by itself."""

import resource
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.slack.local import ALICE, BOB, GENERAL, Patience, SlackServer
from bot.store.records import Accepted, Incoming, Kind, StoreError
from bot.store.store import Store
from tests.bot.slack.running import Bot, environment, ready, start

# Slack comes back after a minute; tests have less time.
QUICK = Patience(acknowledgement=3.0, pauses=(0.3, 1.0, 1.0, 1.0, 2.0, 2.0))
UNLIMITED = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with SlackServer(patience=QUICK) as server:
        yield server


@pytest.fixture
async def bot(slack: SlackServer, tmp_path: Path) -> AsyncIterator[Bot]:
    bot = await start(environment(slack, http=False, database=f"sqlite:///{tmp_path / 'padlock.db'}", lab=None))
    try:
        yield await ready(bot, slack)
    finally:
        await bot.end()


def _fill_disk(bot: Bot) -> None:
    """Let the process write to no file beyond its first byte, as on a disk without room."""
    resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))


def _make_room(bot: Bot) -> None:
    resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE, UNLIMITED)


async def test_on_a_full_disk_nothing_is_acknowledged_and_with_room_it_is_answered_once(
    slack: SlackServer, bot: Bot
) -> None:
    before = slack.mention(GENERAL, ALICE, "what is https?")
    await slack.wait_for_reply(before)
    _fill_disk(bot)
    during = [slack.mention(GENERAL, person, "can I deny http?") for person in (ALICE, BOB)]
    await bot.says("not acknowledged")
    assert not any(each.is_acknowledged for question in during for each in slack.deliveries_of(question))
    assert (await bot.get("/readyz"))[0] == 503
    assert (await bot.get("/healthz"))[0] == 200
    _make_room(bot)
    for question in during:
        await slack.wait_for_reply(question, timeout=20)
    after = slack.mention(GENERAL, ALICE, "what is https?")
    await slack.wait_for_reply(after)
    assert [len(slack.replies(question)) for question in (before, *during, after)] == [1, 1, 1, 1]
    assert (await bot.get("/readyz"))[0] == 200
    assert await bot.terminate() == 0


async def test_a_press_that_cannot_be_stored_is_not_acknowledged_so_that_its_presser_sees_it(
    slack: SlackServer, bot: Bot, tmp_path: Path
) -> None:
    answer = await slack.wait_for_reply(slack.mention(GENERAL, ALICE, "what is https?"))
    other = sqlite3.connect(tmp_path / "padlock.db")
    other.execute("BEGIN IMMEDIATE")
    refused = await slack.press(answer, "feedback", BOB, choice="Helpful").wait()
    other.rollback()
    other.close()
    assert not refused.is_acknowledged
    again = await slack.press(answer, "feedback", BOB, choice="Helpful").wait()
    assert again.is_acknowledged
    assert "Thanks" in slack.read(await slack.wait_for_ephemeral(BOB))


def _restore(path: Path, content: bytes) -> None:
    """The file as in a backup, without what belonged to the damaged one."""
    for rest in path.parent.glob(f"{path.name}-*"):
        rest.unlink()
    path.write_bytes(content)


def _question(number: int) -> Incoming:
    return Incoming(
        key=f"T1:C1:{number}",
        event_id=f"E{number}",
        kind=Kind.MESSAGE,
        team="T1",
        channel="C1",
        thread=f"{number}",
        ts=f"{number}",
        person="U1",
        text="what is https?" * 50,
        direct=False,
        response_url=None,
        created_at=1.0,
    )


async def test_a_file_that_is_damaged_while_it_is_open_takes_nothing_and_is_good_again_when_mended(
    tmp_path: Path,
) -> None:
    path = tmp_path / "store.db"
    store = await Store.open(f"sqlite:///{path}")
    for number in range(200):
        await store.accept(_question(number))
    await store.close()  # all of it is in the one file then
    good = path.read_bytes()
    store = await Store.open(f"sqlite:///{path}")
    page = 4096
    with path.open("r+b") as file:
        file.seek(page)
        file.write(b"\xff" * (len(good) - page))
    for number in range(200, 203):
        with pytest.raises(StoreError, match=r"malformed|disk image|corrupt|not a database"):
            await store.accept(_question(number))
    await store.close()
    _restore(path, good)
    store = await Store.open(f"sqlite:///{path}")
    assert await store.accept(_question(0)) is Accepted.KNOWN
    assert await store.accept(_question(200)) is Accepted.STORED
    await store.close()


async def test_a_damaged_store_is_told_at_the_start_without_a_traceback(slack: SlackServer, tmp_path: Path) -> None:
    (tmp_path / "padlock.db").write_bytes(b"this is no database" * 1_000)
    bot = await start(environment(slack, http=False, database=f"sqlite:///{tmp_path / 'padlock.db'}", lab=None))
    assert await bot.process.wait() != 0
    await bot.end()
    assert "not a database" in bot.log
    assert "Traceback" not in bot.log
