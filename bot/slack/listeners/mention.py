"""A mention in a channel: a question, answered in a thread under it."""

from typing import TYPE_CHECKING

from bot.slack.intake import Body, Intake

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp

EVENTS = ("app_mention",)


def register(app: "AsyncApp", intake: Intake) -> None:
    """Listen."""

    @app.event("app_mention")
    async def mentioned(body: Body) -> None:
        await intake.event(body)
