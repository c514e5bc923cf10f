"""What Slack accepts as blocks: which there are, where each may stand, what each must have, and how much of it."""

from collections.abc import Sequence
from enum import StrEnum

from . import rich_text_rules
from .element_rules import (
    ACCESSORY,
    ACTIONS,
    ANY_TEXT,
    BUTTON,
    CONTEXT_ACTIONS,
    IMAGE,
    IMAGE_BLOCK_FIELDS,
    INPUT,
    PLAIN,
)
from .shapes import (
    Check,
    Fields,
    Walk,
    anything,
    array,
    boolean,
    either,
    may,
    must,
    one_of,
    string,
    structure,
    text,
    typed,
    unique,
    url,
)
from .wire import JsonObject

MESSAGE_BLOCKS_MOST = 50
VIEW_BLOCKS_MOST = 100
MARKDOWN_LONGEST = 12_000
SECTION_TEXT_LONGEST = 3000
TABLE_CHARACTERS_MOST = 10_000


class Surface(StrEnum):
    """Where blocks are shown."""

    MESSAGE = "message"
    MODAL = "modal"
    HOME = "home"


_BLOCK_ID = unique("block_id", lambda walk: walk.block_ids)


def _block(fields: Fields, *, also: Check = anything) -> Check:
    inside = structure({"type": must(anything), "block_id": may(_BLOCK_ID), **fields}, also=also)

    def check(value: object, at: str, walk: Walk) -> None:
        outer, walk.action_ids = walk.action_ids, set()
        inside(value, at, walk)
        walk.action_ids = outer

    return check


def _table_characters(value: object, at: str, walk: Walk) -> None:
    if isinstance(value, dict) and _characters(value.get("rows")) > TABLE_CHARACTERS_MOST:
        walk.say(f"must be less than {TABLE_CHARACTERS_MOST + 1} characters", f"{at}/rows")


def _header_or_fold(value: object, at: str, walk: Walk) -> None:
    if not isinstance(value, dict):
        return
    either("title", "rich_text_title")(value, at, walk)
    if value.get("is_collapsible") is True and value.get("has_header_divider") is True:
        walk.say("has_header_divider cannot be set when is_collapsible is true", at)
    if value.get("default_collapsed") is True and value.get("is_collapsible") is not True:
        walk.say("default_collapsed requires is_collapsible", at)


RICH_TEXT = _block({"elements": must(rich_text_rules.ELEMENTS)})
SOURCE = structure(
    {"type": must(one_of("url")), "url": must(url(web_only=True)), "text": must(string(longest=SECTION_TEXT_LONGEST))}
)
_TASK_FIELDS: Fields = {
    "task_id": must(string(longest=255)),
    "title": must(string(longest=SECTION_TEXT_LONGEST)),
    "status": must(one_of("pending", "in_progress", "complete", "error")),
    "details": may(typed({"rich_text": RICH_TEXT})),
    "output": may(typed({"rich_text": RICH_TEXT})),
    "sources": may(array(SOURCE, most=50, least=0)),
}
_CELL = typed(
    {
        "raw_text": structure({"type": must(anything), "text": must(string(longest=SECTION_TEXT_LONGEST))}),
        "raw_number": structure({"type": must(anything), "value": must(anything), "text": may(string(longest=255))}),
        "rich_text": RICH_TEXT,
    }
)
_COLUMN = structure({"align": may(one_of("left", "center", "right")), "is_wrapped": may(boolean)})


def _column(value: object, at: str, walk: Walk) -> None:
    if value is not None:
        _COLUMN(value, at, walk)


_CARD = _block(
    {
        "hero_image": may(IMAGE),
        "icon": may(IMAGE),
        "title": may(text(*ANY_TEXT, longest=150)),
        "subtitle": may(text(*ANY_TEXT, longest=150)),
        "body": may(text(*ANY_TEXT, longest=200)),
        "actions": may(array(BUTTON, most=5)),
    },
    also=either("hero_image", "title", "actions", "body"),
)
_EVERYWHERE: dict[str, Check] = {
    "section": _block(
        {
            "text": may(text(*ANY_TEXT, longest=SECTION_TEXT_LONGEST)),
            "fields": may(array(text(*ANY_TEXT, longest=2000), most=10)),
            "accessory": may(ACCESSORY),
            "expand": may(boolean),
        },
        also=either("text", "fields"),
    ),
    "header": _block({"text": must(text(*PLAIN, longest=150))}),
    "divider": _block({}),
    "image": _block(IMAGE_BLOCK_FIELDS, also=either("image_url", "slack_file")),
    "actions": _block({"elements": must(array(ACTIONS, most=25))}),
    "context": _block(
        {
            "elements": must(
                array(
                    typed({"image": IMAGE, **{kind: text(kind, longest=SECTION_TEXT_LONGEST) for kind in ANY_TEXT}}),
                    most=10,
                )
            )
        }
    ),
    "rich_text": RICH_TEXT,
    "input": _block(
        {
            "label": must(text(*PLAIN, longest=2000)),
            "element": must(INPUT),
            "hint": may(text(*PLAIN, longest=2000)),
            "optional": may(boolean),
            "dispatch_action": may(boolean),
        }
    ),
    "video": _block(
        {
            "alt_text": must(string(longest=2000)),
            "title": must(text(*PLAIN, longest=199)),
            "video_url": must(url(web_only=True)),
            "thumbnail_url": must(url(web_only=True)),
            "title_url": may(url(web_only=True)),
            "description": may(text(*PLAIN, longest=200)),
            "provider_icon_url": may(url(web_only=True)),
            "provider_name": may(string(longest=255)),
            "author_name": may(string(longest=49)),
        }
    ),
    "alert": _block(
        {
            "text": must(text(*ANY_TEXT, longest=SECTION_TEXT_LONGEST)),
            "level": may(one_of("default", "info", "warning", "error", "success")),
        }
    ),
}
_IN_MESSAGES: dict[str, Check] = {
    "markdown": _block({"text": must(string(longest=MARKDOWN_LONGEST))}),
    "context_actions": _block({"elements": must(array(CONTEXT_ACTIONS, most=5))}),
    "table": _block(
        {
            "rows": must(array(array(_CELL, most=20), most=100)),
            "column_settings": may(array(_column, most=20, least=0)),
        },
        also=_table_characters,
    ),
    "task_card": _block(_TASK_FIELDS),
    "plan": _block(
        {
            "title": must(string(longest=SECTION_TEXT_LONGEST)),
            "tasks": may(array(structure({**_TASK_FIELDS, "type": may(one_of("task_card"))}), most=50, least=0)),
        }
    ),
    "card": _CARD,
    "carousel": _block({"elements": must(array(typed({"card": _CARD}), most=10))}),
    "file": _block({"external_id": must(string(longest=255)), "source": must(one_of("remote"))}),
}
_INSIDE_CONTAINER = typed({kind: check for kind, check in {**_EVERYWHERE, **_IN_MESSAGES}.items() if kind != "input"})
_IN_MESSAGES["container"] = _block(
    {
        "title": may(text(*PLAIN, longest=150)),
        "rich_text_title": may(typed({"rich_text": RICH_TEXT})),
        "subtitle": may(text(*ANY_TEXT, longest=150)),
        "child_blocks": must(array(_INSIDE_CONTAINER, most=10)),
        "width": may(one_of("narrow", "standard", "wide", "full")),
        "icon": may(IMAGE),
        "is_collapsible": may(boolean),
        "default_collapsed": may(boolean),
        "has_header_divider": may(boolean),
    },
    also=_header_or_fold,
)

_SURFACES: dict[Surface, Check] = {
    Surface.MESSAGE: array(typed({**_EVERYWHERE, **_IN_MESSAGES}), most=MESSAGE_BLOCKS_MOST, least=0),
    Surface.MODAL: array(typed(_EVERYWHERE), most=VIEW_BLOCKS_MOST),
    Surface.HOME: array(typed(_EVERYWHERE), most=VIEW_BLOCKS_MOST, least=0),
}

_TITLE = text(*PLAIN, longest=24)
VIEW_FIELDS: Fields = {
    "type": must(one_of("modal", "home")),
    "title": may(_TITLE),
    "submit": may(_TITLE),
    "close": may(_TITLE),
    "blocks": must(anything),
    "callback_id": may(string(longest=255, shortest=0)),
    "private_metadata": may(string(longest=3000, shortest=0)),
    "external_id": may(string(longest=255, shortest=0)),
    "clear_on_close": may(boolean),
    "notify_on_close": may(boolean),
    "submit_disabled": may(boolean),
}


def block_problems(blocks: object, *, surface: Surface, at: str = "/blocks") -> tuple[str, ...]:
    """What Slack would find wrong with blocks, in its words; nothing where it would accept them."""
    walk = Walk()
    _SURFACES[surface](blocks, at, walk)
    return tuple(walk.problems)


def view_problems(view: object) -> tuple[str, ...]:
    """What Slack would find wrong with a modal or a Home tab."""
    walk = Walk()
    structure(VIEW_FIELDS)(view, "/view", walk)
    if not isinstance(view, dict) or view.get("type") not in ("modal", "home"):
        return tuple(walk.problems)
    surface = Surface(view["type"])
    blocks = view.get("blocks")
    if surface is Surface.MODAL:
        if view.get("title") is None:
            walk.say("missing required field: title", "/view")
        if isinstance(blocks, list) and view.get("submit") is None and _has_input(blocks):
            walk.say("missing required field: submit", "/view")
    if blocks is not None:
        _SURFACES[surface](blocks, "/view/blocks", walk)
    return tuple(walk.problems)


def markdown_characters(blocks: Sequence[JsonObject]) -> int:
    """How much text the markdown blocks of a message hold together."""
    return sum(len(block["text"]) for block in blocks if block.get("type") == "markdown")


def characters(blocks: Sequence[JsonObject]) -> int:
    """How much text blocks hold, whatever key it stands under."""
    return _characters(list(blocks))


def _has_input(blocks: Sequence[object]) -> bool:
    return any(isinstance(block, dict) and block.get("type") == "input" for block in blocks)


def _characters(value: object) -> int:
    if isinstance(value, list):
        return sum(map(_characters, value))
    if isinstance(value, dict):
        own = value.get("text")
        length = len(own) if isinstance(own, str) else 0
        return length + sum(_characters(each) for each in value.values() if isinstance(each, (dict, list)))
    return 0
