"""Questions, presses, notes and what an answer was made of, as they come into the store."""

import json

from bot.store.records import Answered, Claim, Incoming, Kind
from bot.store.store import Store

NOON = 1_800_000_000.0
DAY = 86_400.0


def question(number: int = 1, **more: object) -> Incoming:
    """A mention, the first of its thread."""
    return _incoming(_mention(number) | more)


def _incoming(values: dict[str, object]) -> Incoming:
    return Incoming(**values)  # type: ignore[arg-type]


def _mention(number: int) -> dict[str, object]:
    return {
        "key": f"T1:C1:{number}.0",
        "event_id": f"Ev{number}",
        "kind": Kind.MESSAGE,
        "team": "T1",
        "channel": "C1",
        "thread": f"{number}.0",
        "ts": f"{number}.0",
        "person": "U1",
        "text": "why?",
        "direct": False,
        "response_url": None,
        "created_at": NOON,
    }


def press(number: int = 1, **more: object) -> Incoming:
    """A press of a button below an answer in the first question's thread."""
    values: dict[str, object] = {
        "key": f"T1:press:C1:1.5:U2:again:{number}",
        "event_id": None,
        "kind": Kind.PRESS,
        "thread": "1.0",
        "ts": "1.5",
        "person": "U2",
        "text": '{"action": "again", "question": 1}',
    }
    return _incoming(_mention(number) | values | more)


def note(key: str = "note:1:taken", **more: object) -> Incoming:
    """A note in the first question's thread."""
    values = {"key": key, "event_id": None, "kind": Kind.NOTE, "ts": "", "text": ""}
    return _incoming(_mention(1) | values | more)


def answered(**more: object) -> Answered:
    """What an answer with one report was made of."""
    values: dict[str, object] = {
        "public": True,
        "targets": ("shop.example.com",),
        "reports": json.dumps([{"cause": "certificate.expired"}]),
        "details": json.dumps([{"text": "details", "blocks": []}]),
        "messages": json.dumps([{"text": "expired", "blocks": []}]),
        "article": "certificate.expired",
        "candidates": ("q4", "q5"),
        "cause": "certificate.expired",
        "looked_at": NOON,
    }
    return Answered(**values | more)  # type: ignore[arg-type]


async def taken(store: Store, owner: str = "one", *, most: int = 10) -> list[Claim]:
    """What a process takes in hand."""
    return await store.claim(owner, most=most)


async def ask(store: Store, number: int = 1, *, kept: Answered | None = None, **more: object) -> int:
    """A question that was asked and answered, by its number in the store."""
    outcome = str(more.pop("outcome", "diagnosis"))
    await store.accept(question(number, **more))
    [claim] = [claim for claim in await taken(store) if claim.ts == f"{number}.0"]
    await store.answered(claim, answer="{}", outcome=outcome, conversation=None, now=NOON, kept=kept or answered())
    await store.finish(claim, posted=[f"{number}.5"], outcome=outcome, now=NOON)
    return claim.id
