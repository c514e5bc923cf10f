"""An answer on its way: its messages, and what is kept of it."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.conversation import Conversation
from bot.render.rich_text import Json, SlackMessage, small_print
from bot.render.slack import CUT, sentence
from bot.slack import words
from bot.slack.payload import items, mapping, text
from bot.store.records import Answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Thought:
    """What answers a question: messages for its thread, one for the asker alone, and what the thread remembers.

    `made_of` is what the buttons under it need later.
    """

    messages: tuple[SlackMessage, ...]
    outcome: str
    alone: SlackMessage | None = None
    conversation: Conversation | None = None
    targets: tuple[str, ...] = ()
    made_of: Answered | None = None

    def dumps(self) -> str:
        """As the store keeps it until it is delivered."""
        return json.dumps(
            {
                "messages": list(map(_plain, self.messages)),
                "alone": _plain(self.alone) if self.alone else None,
                "targets": self.targets,
            }
        )

    @classmethod
    def loads(cls, stored: str, *, outcome: str) -> "Thought":
        """From what `dumps` gave."""
        kept = json.loads(stored)
        return cls(
            messages=tuple(map(_message, kept["messages"])),
            alone=_message(kept["alone"]) if kept["alone"] else None,
            targets=tuple(kept["targets"]),
            outcome=outcome,
        )

    @classmethod
    def saying(cls, text: str, *, outcome: str) -> "Thought":
        """A few words."""
        return cls(messages=(sentence(text),), outcome=outcome)


def dumped(messages: Sequence[SlackMessage]) -> str:
    """Messages as the store keeps them for the buttons; its bound is in bytes, so no character takes six."""
    kept = json.dumps(list(map(_plain, messages)), ensure_ascii=False)
    return kept.encode("utf-8", "replace").decode()


def loaded(stored: str) -> tuple[SlackMessage, ...]:
    """Messages that were kept."""
    return tuple(map(_message, items(json.loads(stored))))


UNDER = ("actions", "context_actions")
"""The blocks that hold buttons."""


def without_button(message: SlackMessage, action: str) -> SlackMessage:
    """The message without the button of this action."""
    return replace(message, blocks=tuple(_without(message.blocks, action)))


def with_more(message: SlackMessage, more: Sequence[Json]) -> SlackMessage:
    """The message with more at its end, above the buttons, unless it is there already."""
    if all(block in message.blocks for block in more):
        return message
    said = [block for block in message.blocks if block.get("type") not in UNDER]
    under = [block for block in message.blocks if block.get("type") in UNDER]
    return replace(message, blocks=(*said, *more, *under))


def fitted(messages: Sequence[SlackMessage], *, count: int) -> list[SlackMessage]:
    """Messages for so many places: none is left over, and none of what stood there stays."""
    if len(messages) <= count:
        return [*messages, *(sentence(words.SHORTER) for _ in range(count - len(messages)))]
    *head, last = messages[:count]
    under = [block for block in messages[-1].blocks if block.get("type") in UNDER]
    return [*head, replace(last, blocks=(*last.blocks, small_print(CUT), *under))]


def _without(blocks: Sequence[Json], action: str) -> Iterator[Json]:
    for block in blocks:
        if block.get("type") != "actions":
            yield block
            continue
        buttons = [one for one in items(block.get("elements")) if mapping(one).get("action_id") != action]
        if buttons:
            yield {**block, "elements": buttons}


def _plain(message: SlackMessage) -> Json:
    """What JSON makes of it; `asdict` would copy every block first."""
    return {"text": message.text, "blocks": message.blocks}


def _message(kept: object) -> SlackMessage:
    message = mapping(kept)
    blocks = [block for block in items(message.get("blocks")) if isinstance(block, dict)]
    return SlackMessage(text=text(message, "text"), blocks=tuple(blocks))
