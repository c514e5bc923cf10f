"""A direct message, or a further message in a thread that Padlock is part of."""

from typing import TYPE_CHECKING

from bot.slack.intake import Body, Intake

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp

EVENTS = ("message.channels", "message.groups", "message.im")


def register(app: "AsyncApp", intake: Intake) -> None:
    """Listen."""

    @app.event("message")
    async def written(body: Body) -> None:
        await intake.event(body)
