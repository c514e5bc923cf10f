"""The lab, the stand-in, and bots that are gone when their test is."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.slack.local import Patience, SlackServer
from tests.bot.slack.running import Bot, environment, ready, start
from tests.lab.hosts import Lab

# Slack waits three seconds and comes back after a minute; tests have less time.
QUICK = Patience(acknowledgement=3.0, pauses=(0.0, 0.3, 0.5, 1.0))

StartBot = Callable[..., Awaitable[Bot]]


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """A small Internet."""
    with Lab() as running:
        yield running


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    """A workspace of the test's own."""
    async with SlackServer(patience=QUICK) as server:
        yield server


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """An empty database of the default kind."""
    return f"sqlite:///{tmp_path / 'padlock.db'}"


@pytest.fixture
async def start_bot(slack: SlackServer, lab: Lab, sqlite_url: str) -> AsyncIterator[StartBot]:
    """Starts a bot and waits until it takes questions; may be called several times."""
    async with AsyncExitStack() as stack:

        async def started(*, http: bool = False, database: str = sqlite_url, **more: str) -> Bot:
            bot = await start(environment(slack, http=http, database=database, lab=lab, **more))
            stack.push_async_callback(bot.end)
            return await ready(bot, slack)

        yield started
