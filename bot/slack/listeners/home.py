"""The opening of the app's Home tab or of the messages with it."""

from typing import TYPE_CHECKING

from bot.slack.intake import Body, Intake

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp

EVENTS = ("app_home_opened",)


def register(app: "AsyncApp", intake: Intake) -> None:
    """Listen."""

    @app.event("app_home_opened")
    async def opened(body: Body) -> None:
        await intake.tab(body)
