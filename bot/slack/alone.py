"""Shows something to one person alone."""

import asyncio
from collections.abc import Awaitable, Callable

from bot.slack.post import PAUSE_LEAST, PAUSE_MOST, Doubtful, NotShown

# What goes to one person alone cannot be looked for afterwards, so it is not tried for ever.
ALONE_TRIES = 5


async def to_one(show: Callable[[], Awaitable[None]], *, tries: int | None = None) -> None:
    """Do it until it is shown: a lost reply is taken for one that said yes, as nobody can look."""
    pause, tried = PAUSE_LEAST, 0
    while True:
        try:
            await show()
        except NotShown as failure:
            tried += 1
            if tries is not None and tried >= tries:
                raise
            await asyncio.sleep(failure.seconds or pause)
        except Doubtful as failure:
            if failure.error == "no_answer":
                return
            tried += 1
            if tries is not None and tried >= tries:
                raise NotShown(failure.error) from None
            await asyncio.sleep(pause)  # Slack itself says that it has failed
        else:
            return
        pause = min(pause * 2, PAUSE_MOST)
