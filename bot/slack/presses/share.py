"""Share in channel: an answer that its asker alone has seen is shown to everybody there, once."""

from collections.abc import Sequence

from bot.markup import read_markup
from bot.render.rich_text import SlackMessage, divider
from bot.render.slack import without_private
from bot.render.slack_buttons import Action, with_buttons
from bot.slack import words
from bot.slack.handing import as_answered, asked, hosts
from bot.slack.notes import About
from bot.slack.presses.pressed import Pressed
from bot.slack.thought import loaded, without_button
from bot.store.patience import persist
from bot.store.records import Accepted, Kept
from diagnostics.plain_text import neutralise

QUESTION_LONGEST = 500


async def share(pressed: Pressed) -> None:
    """Show it without the addresses that are not public, as an answer in the channel would have been."""
    claim, tools = pressed.claim, pressed.tools
    async with pressed.lock:
        kept = await pressed.answer()
        if kept is None:
            return
        if kept.thread:
            await pressed.tell(words.IN_CHANNEL_ALREADY)
            return
        messages = loaded(kept.messages)
        if not messages:
            await pressed.tell(words.NO_LONGER_KEPT)
            return
        accepted = await tools.notes.say(
            About.SHARED,
            kept,
            _for_all(kept, messages, by=claim.person),
            by=claim.person,
            channel=kept.channel,
            response_url=claim.response_url,
        )
        if accepted is Accepted.KNOWN:
            await pressed.tell(words.SHARED_ALREADY)
        shown = [*messages[:-1], without_button(messages[-1], Action.SHARE)]
        await persist(lambda: tools.store.renew(kept.question, answered=as_answered(kept, shown), now=tools.clock()))
        await pressed.replace(kept, shown[-1:])


def _for_all(kept: Kept, messages: Sequence[SlackMessage], *, by: str) -> list[SlackMessage]:
    """The question and the answer, without buttons and without the addresses that are not public."""
    question = neutralise(read_markup(asked(kept)).text, limit=QUESTION_LONGEST) or "(no words)"
    above = words.asked_by(by, question)
    first, *others = [with_buttons(without_private(one, but=hosts(kept)), shown=None) for one in messages]
    first = SlackMessage(text=f"{above.text}\n{first.text}", blocks=(*above.blocks, divider(), *first.blocks))
    return [first, *others]
