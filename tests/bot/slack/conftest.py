"""The lab, the stand-in, and bots that are gone when their test is."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from bot.slack.local import BOB, Message, Patience, SlackServer
from bot.slack.local.state import interactive_elements
from tests.bot.slack.running import Bot, environment, ready, start
from tests.lab.hosts import Lab
from tests.lab.tcp import Handler, Stream

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


@dataclass(frozen=True, slots=True)
class Office:
    """A workspace with a support channel, and one bot in it that many tests talk to."""

    slack: SlackServer
    bot: Bot
    support: str
    helper: str
    database: Path


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["socket", "http"])
async def office(
    request: pytest.FixtureRequest, lab: Lab, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Office]:
    """In both modes in turn."""
    database = tmp_path_factory.mktemp("store") / "padlock.db"
    async with SlackServer(patience=QUICK) as slack:
        helper = slack.add_user("helper")
        support = slack.add_channel("support", members=(helper, BOB))
        settings = environment(
            slack,
            http=request.param == "http",
            database=f"sqlite:///{database}",
            lab=lab,
            PADLOCK_SUPPORT_CHANNEL=support,
        )
        bot = await start(settings)
        try:
            yield Office(slack, await ready(bot, slack), support, helper, database)
        finally:
            await bot.end()


class Switch:
    """A server that can be mended, or broken, while it runs."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler

    async def __call__(self, stream: Stream) -> None:
        await self.handler(stream)


def has_button(message: Message, action: str) -> bool:
    """Whether a button of this action stands under a message."""
    return any(
        element.get("action_id", "").partition(":")[0] == action
        for block in message.blocks
        for element in interactive_elements(block)
    )
