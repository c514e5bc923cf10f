"""The buttons under Slack messages: what each says, what each carries, and what a press of one means."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.render.rich_text import Json, SlackMessage
from diagnostics.plain_text import neutralise
from knowledge.article import Article

# Slack takes 75 characters on a button and as many for a screen reader, and 2,000 in its value.
LABEL_LONGEST = 75
VALUE_LONGEST = 2_000
# An entry is named by its file and its heading; Slack takes 25 buttons in a row, and nobody chooses among so many.
ARTICLE_LONGEST = 500
CHOICES_MOST = 5
# What a database takes as a number.
NUMBER_MOST = 2**63 - 1


class Action(StrEnum):
    """What a button does; several of one kind in a message carry a number behind it, such as `choose:0`."""

    AGAIN = "again"
    DETAILS = "details"
    FEEDBACK = "feedback"
    CHOOSE = "choose"
    HAND_OVER = "hand_over"
    SHARE = "share"
    TAKE = "take"
    SOLVE = "solve"
    EXAMPLE = "example"


# What stands on a button, and what a screen reader says instead.
LABELS = {
    Action.AGAIN: ("Check again", "Check again: look at the same hosts once more"),
    Action.DETAILS: ("Details", "Details: show everything that was seen, to you alone"),
    Action.HAND_OVER: ("Hand over to support", "Hand over to support: post this question to the support team"),
    Action.SHARE: ("Share in channel", "Share in channel: show this answer to everybody here"),
    Action.TAKE: ("Take it", "Take it: tell the asker that you look after this question"),
    Action.SOLVE: ("Solved", "Solved: tell the asker that this question is solved"),
}
HELPFUL = ("Helpful", "Helpful: this answer helped you")
NOT_HELPFUL = ("Not helpful", "Not helpful: this answer did not help you")
_ACTIONS = {action.value: action for action in Action}
_VALUES = {"helpful": True, "unhelpful": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Buttons:
    """Which buttons stand under the answer to this question."""

    question: int
    again: bool = False
    details: bool = False
    feedback: bool = False
    hand_over: bool = False
    share: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """What a press means; of `helpful`, `article` and `example` that which belongs to the action is there."""

    action: Action
    question: int = 0
    helpful: bool | None = None
    article: str = ""
    example: int | None = None


def buttons(shown: Buttons) -> list[Json]:
    """The blocks under an answer."""
    wanted = {
        Action.AGAIN: shown.again,
        Action.DETAILS: shown.details,
        Action.HAND_OVER: shown.hand_over,
        Action.SHARE: shown.share,
    }
    row = row_of([action for action, there in wanted.items() if there], question=shown.question)
    return [*row, *([_feedback(shown.question)] if shown.feedback else [])]


def row_of(actions: Sequence[Action], *, question: int) -> list[Json]:
    """Buttons side by side; no block where there are none."""
    elements = [_button(*LABELS[action], action_id=action.value, value={"question": question}) for action in actions]
    return [{"type": "actions", "elements": elements}] if elements else []


def choices(articles: Sequence[Article], *, question: int) -> list[Json]:
    """The entries that may have been meant, to be chosen by their numbers in the list above.

    A phone cuts a whole question on a button. An entry whose name no value can hold is left out.
    """
    elements = [
        _button(
            f"{place + 1}",
            f"Number {place + 1}: {article.question}",
            action_id=f"{Action.CHOOSE}:{place}",
            value={"question": question, "article": article.id},
        )
        for place, article in enumerate(articles[:CHOICES_MOST])
        if _is_name(article.id)
    ]
    return [{"type": "actions", "elements": elements}] if elements else []


def examples(texts: Sequence[str]) -> list[Json]:
    """Questions to try, one below the other on a phone."""
    elements = [
        _button(text, f"Ask: {text}", action_id=f"{Action.EXAMPLE}:{place}", value={"example": place})
        for place, text in enumerate(texts)
    ]
    return [{"type": "actions", "elements": elements}] if elements else []


def with_buttons(message: SlackMessage, *, shown: Buttons | None) -> SlackMessage:
    """The same message with these buttons in place of those under it; with None it has none at all."""
    kept = [block for block in message.blocks if block.get("type") not in ("actions", "context_actions")]
    return replace(message, blocks=(*kept, *(buttons(shown) if shown else ())))


def read_value(action_id: str, value: str) -> Pressed | None:
    """What a press of this button means; None where it is none of ours."""
    name, _, _ = action_id.partition(":")
    action = _ACTIONS.get(name)
    if action is None or len(value) > VALUE_LONGEST:
        return None
    if action is Action.FEEDBACK:
        opinion, _, number = value.partition(":")
        helpful, question = _VALUES.get(opinion), _digits(number)
        if helpful is None or question is None:
            return None
        return Pressed(action=action, question=question, helpful=helpful)
    carried = _carried(value)
    if action is Action.EXAMPLE:
        example = _number(carried.get("example"), least=0)
        return None if example is None else Pressed(action=action, example=example)
    question = _number(carried.get("question"), least=1)
    if question is None:
        return None
    if action is not Action.CHOOSE:
        return Pressed(action=action, question=question)
    article = carried.get("article")
    if not isinstance(article, str) or not _is_name(article):
        return None
    return Pressed(action=action, question=question, article=article)


def _feedback(question: int) -> Json:
    def button(label: tuple[str, str], opinion: str) -> Json:
        return {
            "text": {"type": "plain_text", "text": label[0], "emoji": False},
            "accessibility_label": label[1],
            "value": f"{opinion}:{question}",
        }

    element: Json = {
        "type": "feedback_buttons",
        "action_id": Action.FEEDBACK.value,
        "positive_button": button(HELPFUL, "helpful"),
        "negative_button": button(NOT_HELPFUL, "unhelpful"),
    }
    return {"type": "context_actions", "elements": [element]}


def _button(label: str, spoken: str, *, action_id: str, value: Json) -> Json:
    return {
        "type": "button",
        "action_id": action_id,
        "text": {"type": "plain_text", "text": _label(label), "emoji": False},
        "accessibility_label": _label(spoken),
        "value": json.dumps(value, separators=(",", ":")),
    }


def _label(text: str) -> str:
    """Words that fit a button, cut where they do not; Slack counts them in UTF-16, as its clients do."""
    shown = neutralise(text, limit=LABEL_LONGEST)
    most = LABEL_LONGEST
    while len(shown.encode("utf-16-le")) > 2 * LABEL_LONGEST:
        most -= 1
        shown = neutralise(text, limit=most)
    return shown


def _is_name(article: str) -> bool:
    return 0 < len(article) <= ARTICLE_LONGEST and len(json.dumps(article)) <= VALUE_LONGEST - 100


def _carried(value: str) -> dict[str, object]:
    try:
        carried = json.loads(value)
    except (ValueError, RecursionError):
        return {}
    return carried if isinstance(carried, dict) else {}


def _number(value: object, *, least: int) -> int | None:
    is_number = isinstance(value, int) and not isinstance(value, bool) and least <= value <= NUMBER_MOST
    return value if isinstance(value, int) and is_number else None


def _digits(text: str) -> int | None:
    return int(text) if re.fullmatch("[1-9][0-9]{0,17}", text) else None
