"""Patience with a store that does not work for the moment."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.store.records import StoreError

log = logging.getLogger(__name__)

PAUSE_LEAST, PAUSE_MOST = 0.1, 5.0

T = TypeVar("T")


async def persist(operation: Callable[[], Awaitable[T]]) -> T:
    """Do something with the store, again and again until it can."""
    pause = PAUSE_LEAST
    while True:
        try:
            return await operation()
        except StoreError as error:
            log.warning("the store does not work, trying again: %s", error)
            await asyncio.sleep(pause)
            pause = min(pause * 2, PAUSE_MOST)
