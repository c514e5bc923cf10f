"""A store that is open."""

from collections.abc import AsyncIterator

import pytest

from bot.store.store import Store


@pytest.fixture
async def store(database: str) -> AsyncIterator[Store]:
    """An empty store, in a database of each kind in turn."""
    opened = await Store.open(database)
    yield opened
    await opened.close()
