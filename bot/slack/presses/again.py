"""Check again: the same hosts are looked at once more, and the answer says what has changed."""

import asyncio

from bot.looks import Limited
from bot.slack import words
from bot.slack.presses.pressed import Pressed
from bot.slack.thought import Thought
from bot.store.patience import persist
from bot.store.records import Kept, State

# A look that is over by then shows by itself.
SIGN_AFTER_SECONDS = 0.6


async def again(pressed: Pressed) -> None:
    """Look again, and put the new answer in the place of the old one."""
    claim, tools = pressed.claim, pressed.tools
    async with pressed.lock:
        kept = await pressed.answer()
        if kept is None:
            return
        if claim.state is State.READY and claim.answer is not None:
            thought = Thought.loads(claim.answer, outcome=claim.outcome or "")
        else:
            if kept.looked_at > claim.created_at:
                return  # somebody has pressed at the same time, and this press is answered with theirs
            found = await _look(pressed, kept)
            if found is None:
                return
            thought = await pressed.as_handed_over(found)
            now = tools.clock()
            await persist(
                lambda: tools.store.answered(
                    claim, answer=thought.dumps(), outcome="again", conversation=thought.conversation, now=now
                )
            )
            if (made_of := thought.made_of) is not None:
                await persist(lambda: tools.store.renew(kept.question, answered=made_of, now=now))
        for target in thought.targets:
            tools.looks.out(target)
        await pressed.replace(kept, thought.messages)


async def _look(pressed: Pressed, kept: Kept) -> Thought | None:
    """The new answer; None, and the presser told, where there is none."""
    if not kept.targets:
        await pressed.tell(words.NOTHING_TO_CHECK)
        return None
    looking = asyncio.create_task(pressed.tools.thinker.look_again(pressed.claim, kept))
    marked = False
    try:
        await asyncio.wait({looking}, timeout=SIGN_AFTER_SECONDS)
        marked = not looking.done() and await pressed.mark(kept, words.LOOKING_AGAIN)
        return await looking
    except Limited as reached:
        if marked:
            await pressed.restore(kept)
        await pressed.tell(words.limited(reached))
        return None
    finally:
        looking.cancel()
