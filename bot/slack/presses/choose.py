"""Did you mean: the chosen entry takes the place of the answer that was not sure."""

from bot.slack import words
from bot.slack.presses.pressed import Pressed
from bot.store.patience import persist


async def choose(pressed: Pressed) -> None:
    """Show the entry, and note that it was meant."""
    claim, tools = pressed.claim, pressed.tools
    async with pressed.lock:
        kept = await pressed.answer()
        if kept is None:
            return
        article = tools.thinker.article(pressed.press.article)
        if article is None or article.id not in kept.candidates:
            await pressed.tell(words.NO_SUCH_ENTRY)
            return
        now = claim.created_at
        thought = await pressed.as_handed_over(tools.thinker.chosen(article, claim=claim, kept=kept))
        await persist(lambda: tools.store.choose(kept.question, person=claim.person, article=article.id, now=now))
        await persist(
            lambda: tools.store.answered(
                claim, answer=thought.dumps(), outcome="chosen", conversation=thought.conversation, now=tools.clock()
            )
        )
        if (made_of := thought.made_of) is not None:
            await persist(lambda: tools.store.renew(kept.question, answered=made_of, now=tools.clock()))
        await pressed.replace(kept, thought.messages)
