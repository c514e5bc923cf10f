"""Takes questions in: stored first, acknowledged after."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from bot.metrics import Metrics
from bot.slack.incoming import from_command, from_event
from bot.slack.interactions import from_press, from_shortcut, from_tab
from bot.store.records import Accepted, Incoming
from bot.store.store import Store

Body: TypeAlias = dict[str, Any]
"""A payload as Slack's client hands it over; `incoming` reads it, and nothing else."""


class Intake:
    """Stores what is a question; whatever it raises keeps Slack's acknowledgement back, so that Slack sends again."""

    def __init__(
        self,
        *,
        store: Store,
        metrics: Metrics,
        bot_user: str,
        clock: Callable[[], float],
        on_stored: Callable[[], None],
    ) -> None:
        self._store = store
        self._metrics = metrics
        self._bot_user = bot_user
        self._clock = clock
        self._on_stored = on_stored

    async def event(self, body: Mapping[str, object]) -> None:
        """Take in an event."""
        incoming = from_event(body, bot_user=self._bot_user, now=self._clock())
        await self._accept(incoming)

    async def command(self, body: Mapping[str, object]) -> None:
        """Take in a slash command."""
        await self._accept(from_command(body, now=self._clock()))

    async def press(self, body: Mapping[str, object]) -> None:
        """Take in the press of a button."""
        await self._accept(from_press(body, now=self._clock()))

    async def shortcut(self, body: Mapping[str, object]) -> None:
        """Take in a message that somebody wants diagnosed."""
        await self._accept(from_shortcut(body, now=self._clock()))

    async def tab(self, body: Mapping[str, object]) -> None:
        """Take in that somebody has opened a tab of the app."""
        await self._accept(from_tab(body, now=self._clock()))

    async def _accept(self, incoming: Incoming | None) -> None:
        if incoming is None:
            self._metrics.events.labels("ignored").inc()
            return
        try:
            accepted = await self._store.accept(incoming)
        except Exception:
            self._metrics.events.labels("not_stored").inc()
            raise
        self._metrics.events.labels(accepted.value).inc()
        if accepted is Accepted.STORED:
            self._on_stored()
