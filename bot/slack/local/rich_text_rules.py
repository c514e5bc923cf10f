"""What Slack accepts as a rich_text block: sections, lists, preformatted text and quotes, and what stands in them."""

import re

from .shapes import (
    Check,
    Fields,
    Walk,
    anything,
    array,
    boolean,
    integer,
    may,
    must,
    one_of,
    string,
    structure,
    typed,
    url,
)

TEXT_LONGEST = 12_000
"""No figure is published for a single run of text; a whole message of blocks fails near this one."""
ITEMS_MOST = 1_000
"""No figure is published for the items of a section or list; far beyond what a message can hold."""

_STYLE = structure({key: may(boolean) for key in ("bold", "italic", "strike", "code", "underline")})
_MENTION_STYLE = structure(
    {key: may(boolean) for key in ("bold", "italic", "strike", "highlight", "client_highlight", "unlink", "code")}
)


def _hexadecimal_colour(value: object, at: str, walk: Walk) -> None:
    if not isinstance(value, str) or not re.fullmatch(r"#[0-9A-Fa-f]{6}", value):
        walk.say("must be a hexadecimal colour", at)


def _part(fields: Fields, *, style: Check = _STYLE) -> Check:
    return structure({"type": must(anything), "style": may(style), **fields})


_ID = string(longest=255)
PARTS: dict[str, Check] = {
    "text": _part({"text": must(string(longest=TEXT_LONGEST))}),
    "link": _part({"url": must(url()), "text": may(string(longest=TEXT_LONGEST, shortest=0)), "unsafe": may(boolean)}),
    "emoji": _part({"name": must(_ID), "unicode": may(_ID), "skin_tone": may(integer(least=1, most=6))}),
    "user": _part({"user_id": must(_ID)}, style=_MENTION_STYLE),
    "channel": _part({"channel_id": must(_ID)}, style=_MENTION_STYLE),
    "usergroup": _part({"usergroup_id": must(_ID)}, style=_MENTION_STYLE),
    "team": _part({"team_id": must(_ID)}, style=_MENTION_STYLE),
    "broadcast": _part({"range": must(one_of("here", "channel", "everyone"))}),
    "color": _part({"value": must(_hexadecimal_colour)}),
    "date": _part(
        {
            "timestamp": must(integer(least=0, most=1 << 40)),
            "format": must(_ID),
            "url": may(url()),
            "fallback": may(string(longest=TEXT_LONGEST)),
        }
    ),
}

_PARTS = array(typed(PARTS), most=ITEMS_MOST, least=0)
_BORDER = may(integer(least=0, most=1))
SECTION = structure({"type": must(anything), "elements": must(_PARTS)})
_ELEMENTS: dict[str, Check] = {
    "rich_text_section": SECTION,
    "rich_text_quote": structure({"type": must(anything), "elements": must(_PARTS), "border": _BORDER}),
    "rich_text_preformatted": structure(
        {
            "type": must(anything),
            "elements": must(array(typed({kind: PARTS[kind] for kind in ("text", "link")}), most=ITEMS_MOST, least=0)),
            "border": _BORDER,
            "language": may(_ID),
        }
    ),
    "rich_text_list": structure(
        {
            "type": must(anything),
            "style": must(one_of("bullet", "ordered")),
            "elements": must(array(typed({"rich_text_section": SECTION}), most=ITEMS_MOST)),
            "indent": may(integer(least=0, most=8)),
            "offset": may(integer(least=0, most=100_000)),
            "border": _BORDER,
        }
    ),
}

ELEMENTS: Check = array(typed(_ELEMENTS), most=ITEMS_MOST)
"""The `elements` of a rich_text block."""
