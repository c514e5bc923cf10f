"""Helpful or not: one opinion a person, which they may change."""

from bot.slack import words
from bot.slack.presses.pressed import Pressed
from bot.store.patience import persist


async def feedback(pressed: Pressed) -> None:
    """Note it, and say so."""
    claim, press = pressed.claim, pressed.press
    kept = await pressed.answer()
    if kept is None:
        return
    helpful = press.helpful is True
    # The moment of the press counts: two presses may be worked on in any order.
    await persist(
        lambda: pressed.tools.store.rate(kept.question, person=claim.person, helpful=helpful, now=claim.created_at)
    )
    await pressed.tell(words.HELPFUL if helpful else words.UNHELPFUL)
