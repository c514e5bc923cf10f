"""Whether the bot can answer at this moment, and if not, what is lacking."""

import asyncio
from typing import TYPE_CHECKING

from bot.store.records import StoreError

if TYPE_CHECKING:
    from bot.slack.post import Poster
    from bot.slack.socket_mode import SocketMode
    from bot.store.store import Store

STORE_SECONDS = 3.0


class Readiness:
    """What is asked for `/readyz`; the parts are entered as they come up."""

    def __init__(self, *, store: "Store") -> None:
        self._store = store
        self.is_open = False
        self.link: SocketMode | None = None
        self.poster: Poster | None = None

    async def lacking(self) -> str:
        """What keeps the bot from answering; empty where nothing does."""
        if not self.is_open:
            return "not connected to Slack yet"
        if self.link is not None and not await self.link.is_connected():
            return "not connected to Slack"
        if self.poster is not None and self.poster.token_error:
            return f"Slack refuses the token: {self.poster.token_error}"
        try:
            await asyncio.wait_for(self._store.ping(), STORE_SECONDS)
        except (StoreError, TimeoutError) as error:
            return f"the store does not work: {str(error) or 'no answer in time'}"
        return ""
