"""Ends a process that hangs: whoever runs it starts it anew, and the question that hung it counts as an attempt."""

import asyncio
import contextlib
import faulthandler
from collections.abc import AsyncIterator

# No work holds the loop for a second; a disk that stands still, or a machine under siege, may do so for some.
HANGS_AFTER_SECONDS = 30.0


@contextlib.asynccontextmanager
async def watched(*, seconds: float = HANGS_AFTER_SECONDS) -> AsyncIterator[None]:
    """End the process, with the place where it hangs on standard error, when the loop stands still for so long."""

    async def show_life() -> None:
        while True:
            faulthandler.dump_traceback_later(seconds, exit=True)
            await asyncio.sleep(seconds / 6)

    task = asyncio.create_task(show_life(), name="show that the loop turns")
    try:
        yield
    finally:
        task.cancel()
        faulthandler.cancel_dump_traceback_later()
