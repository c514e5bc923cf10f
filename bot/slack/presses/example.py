"""An example on the Home tab: asked, and answered, in the presser's messages with the bot."""

from bot.render.slack_home import example as text_of
from bot.slack import words
from bot.slack.presses.home import home
from bot.slack.presses.pressed import Pressed
from bot.slack.thought import Thought
from bot.store.patience import persist
from bot.store.records import Incoming, Kind


async def example(pressed: Pressed) -> None:
    """Say what was asked, and take it in as a question under that."""
    claim, tools = pressed.claim, pressed.tools
    text = text_of(pressed.press.example if pressed.press.example is not None else -1)
    if text is None:
        return
    delivery = pressed.delivery()
    await delivery.deliver(Thought.saying(words.you_asked(text), outcome=""))
    if not delivery.posted:
        return
    ts = delivery.posted[0]
    asked = Incoming(
        key=f"{claim.team}:{claim.channel}:{ts}",
        event_id=None,
        kind=Kind.MESSAGE,
        team=claim.team,
        channel=claim.channel,
        thread=ts,
        ts=ts,
        person=claim.person,
        text=text,
        direct=True,
        response_url=None,
        created_at=claim.created_at,
    )
    await persist(lambda: tools.store.accept(asked))
    tools.wake()
    await home(pressed)
