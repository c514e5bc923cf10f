"""Each rule of Slack's that the stand-in holds: what is refused, beside its twin that is accepted."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from bot.slack.local.block_rules import Surface, block_problems
from bot.slack.local.reading import read_blocks
from bot.slack.local.rules import (
    UPDATED_TEXT_LONGEST,
    blocks_refusal,
    message_refusal,
    prompts_refusal,
    status_refusal,
    stream_refusal,
    view_refusal,
)
from bot.slack.local.state import stored_blocks
from bot.slack.local.wire import Refusal

Block = dict[str, Any]


def plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Block:
    return {"type": "mrkdwn", "text": text}


def section(text: str = "words", **more: Any) -> Block:
    return {"type": "section", "text": mrkdwn(text), **more}


def button(text: str = "Press", **more: Any) -> Block:
    return {"type": "button", "text": plain(text), "action_id": "press", **more}


def actions(*elements: Block) -> Block:
    return {"type": "actions", "elements": list(elements)}


def rich(*elements: Block) -> Block:
    return {"type": "rich_text", "elements": list(elements)}


def rich_section(*parts: Block) -> Block:
    return {"type": "rich_text_section", "elements": list(parts)}


def words(text: str = "words", **more: Any) -> Block:
    return {"type": "text", "text": text, **more}


def table(rows: list[list[Block]], **more: Any) -> Block:
    return {"type": "table", "rows": rows, **more}


def cell(text: str = "cell") -> Block:
    return {"type": "raw_text", "text": text}


def task(**more: Any) -> Block:
    return {"type": "task_card", "task_id": "dns", "title": "DNS", "status": "complete", **more}


def container(*blocks: Block, **more: Any) -> Block:
    return {"type": "container", "title": plain("Details"), "child_blocks": list(blocks), **more}


def numbered_buttons(count: int) -> list[Block]:
    return [button(action_id=f"press-{number}") for number in range(count)]


def overflow(count: int) -> Block:
    options = [{"text": plain("More"), "value": str(number)} for number in range(count)]
    return {"type": "overflow", "action_id": "more", "options": options}


def select(**more: Any) -> Block:
    return {"type": "static_select", "action_id": "which", "placeholder": plain("Which"), **more}


OPTION: Block = {"text": plain("One"), "value": "1"}
IMAGE: Block = {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "A"}
LIST: Block = {"type": "rich_text_list", "style": "ordered", "elements": [rich_section(words())]}
FEEDBACK: Block = {
    "type": "feedback_buttons",
    "action_id": "feedback",
    "positive_button": {"text": plain("Helpful"), "value": "yes"},
    "negative_button": {"text": plain("Not helpful"), "value": "no"},
}

BLOCK_RULES: list[tuple[str, list[Block], list[Block], str]] = [
    # name, refused, accepted, what Slack says is wrong
    ("blocks of a message", [section()] * 51, [section()] * 50, "no more than 50 items allowed [json-pointer:/blocks]"),
    ("section text", [section("x" * 3001)], [section("x" * 3000)], "must be less than 3001 characters"),
    ("empty section text", [section("")], [section("x")], "must be more than 0 characters"),
    ("section without text", [{"type": "section"}], [section()], "must define either `text` or `fields`"),
    (
        "count of fields",
        [{"type": "section", "fields": [mrkdwn("x")] * 11}],
        [{"type": "section", "fields": [mrkdwn("x")] * 10}],
        "no more than 10 items allowed [json-pointer:/blocks/0/fields]",
    ),
    (
        "text of a field",
        [{"type": "section", "fields": [mrkdwn("x" * 2001)]}],
        [{"type": "section", "fields": [mrkdwn("x" * 2000)]}],
        "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]",
    ),
    (
        "header text",
        [{"type": "header", "text": plain("x" * 151)}],
        [{"type": "header", "text": plain("x" * 150)}],
        "must be less than 151 characters",
    ),
    (
        "header in mrkdwn",
        [{"type": "header", "text": mrkdwn("x")}],
        [{"type": "header", "text": plain("x")}],
        "must be one of: plain_text [json-pointer:/blocks/0/text/type]",
    ),
    (
        "count of actions",
        [actions(*numbered_buttons(26))],
        [actions(*numbered_buttons(25))],
        "no more than 25 items allowed",
    ),
    ("no actions", [actions()], [actions(button())], "no less than 1 items allowed"),
    (
        "count in a context",
        [{"type": "context", "elements": [mrkdwn("x")] * 11}],
        [{"type": "context", "elements": [mrkdwn("x")] * 9 + [IMAGE]}],
        "no more than 10 items allowed",
    ),
    (
        "button in a context",
        [{"type": "context", "elements": [button()]}],
        [{"type": "context", "elements": [plain("x")]}],
        "unsupported type: button",
    ),
    ("button text", [actions(button("x" * 76))], [actions(button("x" * 75))], "must be less than 76 characters"),
    (
        "button text in mrkdwn",
        [actions(button() | {"text": mrkdwn("x")})],
        [actions(button() | {"text": plain("x")})],
        "must be one of: plain_text",
    ),
    (
        "button value",
        [actions(button(value="x" * 2001))],
        [actions(button(value="x" * 2000))],
        "must be less than 2001 characters",
    ),
    ("button style", [actions(button(style="green"))], [actions(button(style="danger"))], "must be one of: primary"),
    (
        "button url length",
        [actions(button(url="https://example.com/" + "x" * 3000))],
        [actions(button(url="https://example.com/" + "x" * 2900))],
        "must be less than 3001 characters",
    ),
    (
        "button url scheme",
        [actions(button(url="javascript:alert(1)"))],
        [actions(button(url="https://example.com/"))],
        "invalid url",
    ),
    ("block_id length", [section(block_id="x" * 256)], [section(block_id="x" * 255)], "must be less than 256"),
    (
        "block_id twice",
        [section(block_id="a"), section(block_id="a")],
        [section(block_id="a"), section(block_id="b")],
        '`block_id` "a" already exists',
    ),
    (
        "action_id length",
        [actions(button(action_id="x" * 256))],
        [actions(button(action_id="x" * 255))],
        "must be less than 256",
    ),
    (
        "action_id twice in a block",
        [actions(button(), button())],
        [actions(button()), actions(button())],
        '`action_id` "press" already exists',
    ),
    (
        "markdown text",
        [{"type": "markdown", "text": "x" * 12001}],
        [{"type": "markdown", "text": "x" * 12000}],
        "12001",
    ),
    ("unknown block", [{"type": "paragraph"}], [{"type": "divider"}], "unsupported type: paragraph"),
    (
        "block without type",
        [{"text": plain("x")}],
        [section()],
        "missing required field: type [json-pointer:/blocks/0]",
    ),
    ("unknown key", [section(colour="red")], [section(expand=True)], "invalid additional property: colour"),
    (
        "key of the other text kind",
        [section() | {"text": mrkdwn("x") | {"emoji": True}}],
        [section() | {"text": mrkdwn("x") | {"verbatim": True}}],
        "invalid additional property: emoji",
    ),
    ("text as a bare string", [{"type": "section", "text": "x"}], [section()], "must provide an object"),
    ("unknown element", [actions({"type": "lever"})], [actions(button())], "unsupported type: lever"),
    ("input in actions", [actions({"type": "plain_text_input"})], [actions(overflow(1))], "unsupported type"),
    ("overflow options", [actions(overflow(6))], [actions(overflow(5))], "no more than 5 items allowed"),
    ("menu without options", [actions(select())], [actions(select(options=[OPTION]))], "must define either `options`"),
    ("menu options", [actions(select(options=[OPTION] * 101))], [actions(select(options=[OPTION] * 100))], "100 items"),
    (
        "option text",
        [actions(select(options=[OPTION | {"text": plain("x" * 76)}]))],
        [actions(select(options=[OPTION | {"text": plain("x" * 75)}]))],
        "must be less than 76",
    ),
    ("image without alt text", [{k: v for k, v in IMAGE.items() if k != "alt_text"}], [IMAGE], "field: alt_text"),
    ("image source", [{"type": "image", "alt_text": "A"}], [IMAGE], "must define either `image_url`"),
    (
        "feedback buttons in actions",
        [actions(FEEDBACK)],
        [{"type": "context_actions", "elements": [FEEDBACK]}],
        "unsupported type: feedback_buttons",
    ),
    (
        "count of context actions",
        [{"type": "context_actions", "elements": [FEEDBACK | {"action_id": str(n)} for n in range(6)]}],
        [{"type": "context_actions", "elements": [FEEDBACK | {"action_id": str(n)} for n in range(5)]}],
        "no more than 5 items allowed",
    ),
    # rich text
    ("rich text outside a section", [rich(words())], [rich(rich_section(words()))], "unsupported type: text"),
    ("no rich text", [rich()], [rich(rich_section())], "no less than 1 items allowed"),
    ("empty rich text", [rich(rich_section(words("")))], [rich(rich_section(words(" ")))], "more than 0 characters"),
    (
        "rich text style key",
        [rich(rich_section(words(style={"blink": True})))],
        [rich(rich_section(words(style={"bold": True, "code": True})))],
        "invalid additional property: blink",
    ),
    (
        "rich text style value",
        [rich(rich_section(words(style={"bold": "yes"})))],
        [rich(rich_section(words(style={"bold": False})))],
        "must be a boolean",
    ),
    ("list style", [rich(LIST | {"style": "dashes"})], [rich(LIST | {"style": "bullet"})], "must be one of: bullet"),
    ("list item", [rich(LIST | {"elements": [words()]})], [rich(LIST)], "unsupported type: text"),
    ("list indent", [rich(LIST | {"indent": 9})], [rich(LIST | {"indent": 8})], "must be between 0 and 8"),
    (
        "user in preformatted text",
        [rich({"type": "rich_text_preformatted", "elements": [{"type": "user", "user_id": "U1"}]})],
        [rich({"type": "rich_text_preformatted", "elements": [words()]})],
        "unsupported type: user",
    ),
    (
        "list in a quote",
        [rich({"type": "rich_text_quote", "elements": [LIST]})],
        [rich({"type": "rich_text_quote", "elements": [words()]})],
        "unsupported type: rich_text_list",
    ),
    (
        "link without a target",
        [rich(rich_section({"type": "link", "text": "here"}))],
        [rich(rich_section({"type": "link", "url": "https://example.com"}))],
        "missing required field: url",
    ),
    (
        "link that runs",
        [rich(rich_section({"type": "link", "url": " javascript:alert(1)"}))],
        [rich(rich_section({"type": "link", "url": "mailto:a@example.com"}))],
        "invalid url",
    ),
    (
        "broadcast range",
        [rich(rich_section({"type": "broadcast", "range": "world"}))],
        [rich(rich_section({"type": "broadcast", "range": "here"}))],
        "must be one of: here",
    ),
    # tables, tasks, containers
    ("rows of a table", [table([[cell()]] * 101)], [table([[cell()]] * 100)], "no more than 100 items allowed"),
    ("cells of a row", [table([[cell()] * 21])], [table([[cell()] * 20])], "no more than 20 items allowed"),
    ("empty cell", [table([[cell("")]])], [table([[cell("-")]])], "must be more than 0 characters"),
    ("characters of a table", [table([[cell("x" * 2501)] * 4])], [table([[cell("x" * 2500)] * 4])], "10001 characters"),
    ("two tables", [table([[cell()]]), table([[cell()]])], [table([[cell()]]), section()], "only_one_table_allowed"),
    ("task status", [task(status="done")], [task(status="error")], "must be one of: pending"),
    (
        "task details",
        [task(details="words")],
        [task(details=rich(rich_section(words())))],
        "must provide an object [json-pointer:/blocks/0/details]",
    ),
    ("blocks of a container", [container(*[section()] * 11)], [container(*[section()] * 10)], "no more than 10 items"),
    ("container in a container", [container(container(section()))], [container(section())], "unsupported type"),
    (
        "container title",
        [{"type": "container", "child_blocks": [section()]}],
        [container(section())],
        "must define either `title`",
    ),
    (
        "folded container with a divider",
        [container(section(), is_collapsible=True, has_header_divider=True)],
        [container(section(), is_collapsible=True)],
        "has_header_divider cannot be set",
    ),
    (
        "alert level",
        [{"type": "alert", "text": plain("x"), "level": "bad"}],
        [{"type": "alert", "text": plain("x"), "level": "error"}],
        "must be one of: default",
    ),
]


@pytest.mark.parametrize(
    ("refused", "accepted", "problem"), [rule[1:] for rule in BLOCK_RULES], ids=[rule[0] for rule in BLOCK_RULES]
)
def test_a_block_rule_refuses_one_and_accepts_its_twin(
    refused: list[Block], accepted: list[Block], problem: str
) -> None:
    refusal = blocks_refusal(refused)
    assert refusal is not None
    assert refusal.error == "invalid_blocks"
    assert problem in " ".join(refusal.problems)
    assert blocks_refusal(accepted) is None
    assert isinstance(read_blocks(stored_blocks(accepted), names={}), str)


CONFIRM: Block = {"title": plain("Sure"), "text": plain("Really"), "confirm": plain("Yes"), "deny": plain("No")}
VIDEO: Block = {
    "type": "video",
    "alt_text": "A",
    "title": plain("A"),
    "video_url": "https://example.com/v",
    "thumbnail_url": "https://example.com/t",
}
SOURCE: Block = {"type": "url", "url": "https://example.com/", "text": "A"}
GROUP: Block = {"label": plain("Group"), "options": [OPTION]}
CARD: Block = {"type": "card", "title": plain("A")}
ICON: Block = {"type": "icon_button", "action_id": "bin", "icon": "trash", "text": plain("Drop")}
WORKFLOW: Block = {"type": "workflow_button", "action_id": "run", "text": plain("Run"), "workflow": {"trigger": {}}}
NUMBER: Block = {"type": "number_input", "action_id": "n", "is_decimal_allowed": False}


def context_actions(*elements: Block) -> Block:
    return {"type": "context_actions", "elements": list(elements)}


def input_block(element: Block | None = None, **more: Any) -> Block:
    return {"type": "input", "label": plain("A"), "element": element or NUMBER, **more}


def part(**fields: Any) -> Block:
    return rich(rich_section(fields))


REQUIRED: list[tuple[Block, str]] = [
    # a whole block, and the way to a key that it cannot do without
    *[(section(), way) for way in ("type", "text text", "text type")],
    *[({"type": "header", "text": plain("A")}, way) for way in ("text",)],
    ({"type": "markdown", "text": "A"}, "text"),
    ({"type": "alert", "text": plain("A")}, "text"),
    ({"type": "context", "elements": [IMAGE]}, "elements"),
    ({"type": "context", "elements": [IMAGE]}, "elements 0 image_url"),
    (actions(button()), "elements"),
    (actions(button()), "elements 0 text"),
    *[(actions(button(confirm=CONFIRM)), f"elements 0 confirm {key}") for key in CONFIRM],
    *[(actions(select(options=[OPTION])), f"elements 0 options 0 {key}") for key in OPTION],
    *[(actions(select(option_groups=[GROUP])), f"elements 0 option_groups 0 {key}") for key in GROUP],
    (actions(overflow(1)), "elements 0 options"),
    (actions({"type": "checkboxes", "options": [OPTION]}), "elements 0 options"),
    *[(actions(WORKFLOW), f"elements 0 {key}") for key in ("text", "workflow")],
    (context_actions(ICON), "elements"),
    *[(context_actions(ICON), f"elements 0 {key}") for key in ("icon", "text")],
    *[(context_actions(FEEDBACK), f"elements 0 {key}") for key in ("positive_button", "negative_button")],
    *[(context_actions(FEEDBACK), f"elements 0 positive_button {key}") for key in ("text", "value")],
    *[(input_block(), way) for way in ("label", "element", "element is_decimal_allowed")],
    *[(VIDEO, key) for key in VIDEO],
    *[({"type": "file", "external_id": "A", "source": "remote"}, key) for key in ("external_id", "source")],
    *[(table([[cell()]]), way) for way in ("rows", "rows 0 0 text")],
    (table([[{"type": "raw_number", "value": 1}]]), "rows 0 0 value"),
    *[(task(sources=[SOURCE]), key) for key in ("task_id", "title", "status")],
    *[(task(sources=[SOURCE]), f"sources 0 {key}") for key in SOURCE],
    ({"type": "plan", "title": "A"}, "title"),
    (CARD, "title"),
    ({"type": "carousel", "elements": [CARD]}, "elements"),
    (container(section()), "child_blocks"),
    *[(rich(LIST), f"elements 0 {key}") for key in ("style", "elements")],
    (rich(rich_section(words())), "elements"),
    (rich(rich_section(words())), "elements 0 elements"),
    (rich({"type": "rich_text_quote", "elements": []}), "elements 0 elements"),
    (rich({"type": "rich_text_preformatted", "elements": []}), "elements 0 elements"),
    (part(type="text", text="A"), "elements 0 elements 0 text"),
    (part(type="emoji", name="eyes"), "elements 0 elements 0 name"),
    (part(type="user", user_id="U1"), "elements 0 elements 0 user_id"),
    (part(type="channel", channel_id="C1"), "elements 0 elements 0 channel_id"),
    (part(type="usergroup", usergroup_id="S1"), "elements 0 elements 0 usergroup_id"),
    (part(type="team", team_id="T1"), "elements 0 elements 0 team_id"),
    (part(type="broadcast", range="here"), "elements 0 elements 0 range"),
    (part(type="color", value="#aabbcc"), "elements 0 elements 0 value"),
    *[
        (part(type="date", timestamp=1, format="{date}"), f"elements 0 elements 0 {key}")
        for key in ("timestamp", "format")
    ],
]


@pytest.mark.parametrize(("whole", "way"), REQUIRED, ids=[f"{block['type']} {way}" for block, way in REQUIRED])
def test_a_block_is_refused_without_a_key_that_it_needs(whole: Block, way: str) -> None:
    assert blocks_refusal([whole]) is None
    lacking = deepcopy(whole)
    *steps, key = way.split()
    inner: Any = lacking
    for step in steps:
        inner = inner[int(step)] if step.isdigit() else inner[step]
    del inner[key]
    refusal = blocks_refusal([lacking])
    assert refusal is not None
    assert refusal.error == "invalid_blocks"


BOUNDS: list[tuple[str, int, Callable[[int], Block]]] = [
    # name, the most that is accepted, a block with so much
    ("card title", 150, lambda n: CARD | {"title": plain("x" * n)}),
    ("card subtitle", 150, lambda n: CARD | {"subtitle": plain("x" * n)}),
    ("card body", 200, lambda n: CARD | {"body": plain("x" * n)}),
    ("card actions", 5, lambda n: CARD | {"actions": numbered_buttons(n)}),
    ("carousel", 10, lambda n: {"type": "carousel", "elements": [CARD] * n}),
    ("label", 2000, lambda n: input_block(label=plain("x" * n))),
    ("hint", 2000, lambda n: input_block(hint=plain("x" * n))),
    ("placeholder", 150, lambda n: actions(select(options=[OPTION], placeholder=plain("x" * n)))),
    ("video title", 199, lambda n: VIDEO | {"title": plain("x" * n)}),
    ("video author", 49, lambda n: VIDEO | {"author_name": "x" * n}),
    ("alert", 3000, lambda n: {"type": "alert", "text": plain("x" * n)}),
    ("context text", 3000, lambda n: {"type": "context", "elements": [plain("x" * n)]}),
    ("tasks of a plan", 50, lambda n: {"type": "plan", "title": "A", "tasks": [task()] * n}),
    ("columns", 20, lambda n: table([[cell()]], column_settings=[{"align": "left"}] * n)),
    ("container title", 150, lambda n: container(section(), title=plain("x" * n))),
    ("container subtitle", 150, lambda n: container(section(), subtitle=plain("x" * n))),
    ("confirm title", 100, lambda n: actions(button(confirm=CONFIRM | {"title": plain("x" * n)}))),
    ("confirm text", 300, lambda n: actions(button(confirm=CONFIRM | {"text": plain("x" * n)}))),
    ("confirm button", 30, lambda n: actions(button(confirm=CONFIRM | {"confirm": plain("x" * n)}))),
    ("deny button", 30, lambda n: actions(button(confirm=CONFIRM | {"deny": plain("x" * n)}))),
    ("option value", 150, lambda n: actions(select(options=[OPTION | {"value": "x" * n}]))),
    ("option description", 75, lambda n: actions(select(options=[OPTION | {"description": plain("x" * n)}]))),
    ("option groups", 100, lambda n: actions(select(option_groups=[GROUP] * n))),
    ("group label", 75, lambda n: actions(select(option_groups=[GROUP | {"label": plain("x" * n)}]))),
    ("checkboxes", 10, lambda n: actions({"type": "checkboxes", "options": [OPTION] * n})),
    ("accessibility label", 75, lambda n: actions(button(accessibility_label="x" * n))),
    ("visible to", 10, lambda n: context_actions(ICON | {"visible_to_user_ids": ["U1"] * n})),
    ("icon button text", 75, lambda n: context_actions(ICON | {"text": plain("x" * n)})),
    ("alt text", 2000, lambda n: IMAGE | {"alt_text": "x" * n}),
    ("image title", 2000, lambda n: IMAGE | {"title": plain("x" * n)}),
    ("files of an input", 10, lambda n: input_block({"type": "file_input", "max_files": n})),
    ("skin tone", 6, lambda n: part(type="emoji", name="wave", skin_tone=n)),
    ("border", 1, lambda n: rich(LIST | {"border": n})),
]


@pytest.mark.parametrize(("most", "block"), [bound[1:] for bound in BOUNDS], ids=[bound[0] for bound in BOUNDS])
def test_a_block_is_refused_with_one_too_many(most: int, block: Callable[[int], Block]) -> None:
    assert blocks_refusal([block(most)]) is None
    refusal = blocks_refusal([block(most + 1)])
    assert refusal is not None
    assert refusal.error == "invalid_blocks"


MESSAGE_RULES: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    # name, refused, accepted, Slack's name for it
    ("nothing", {"text": None, "blocks": None}, {"text": "x", "blocks": None}, "no_text"),
    ("empty", {"text": "", "blocks": []}, {"text": "", "blocks": [section()]}, "no_text"),
    ("blank", {"text": " \n", "blocks": None}, {"text": " x", "blocks": None}, "no_text"),
    (
        "text",
        {"text": "x" * (40_001), "blocks": None},
        {"text": "x" * 40_000, "blocks": None},
        "msg_too_long",
    ),
    (
        "text of an update",
        {"text": "x" * (4_001), "blocks": None, "longest": UPDATED_TEXT_LONGEST},
        {"text": "x" * 4_000, "blocks": None, "longest": UPDATED_TEXT_LONGEST},
        "msg_too_long",
    ),
    (
        "markdown blocks together",
        {"text": "x", "blocks": [{"type": "markdown", "text": "x" * 6001}] * 2},
        {"text": "x", "blocks": [{"type": "markdown", "text": "x" * 6000}] * 2},
        "msg_too_long",
    ),
    (
        "a message with a markdown block",
        {"text": "x", "blocks": [{"type": "markdown", "text": "x" * 11000}, section("x" * 2201)]},
        {"text": "x", "blocks": [{"type": "markdown", "text": "x" * 11000}, section("x" * 2200)]},
        "msg_too_long",
    ),
    (
        "markdown_text beside text",
        {"text": "x", "blocks": None, "markdown_text": "x"},
        {"text": None, "blocks": None, "markdown_text": "x"},
        "markdown_text_conflict",
    ),
    (
        "markdown_text",
        {"text": None, "blocks": None, "markdown_text": "x" * 12001},
        {"text": None, "blocks": None, "markdown_text": "x" * 12000},
        "msg_too_long",
    ),
    ("blocks that are no list", {"text": "x", "blocks": {}}, {"text": "x", "blocks": []}, "invalid_blocks_format"),
    (
        "blocks of an attachment",
        {"text": "x", "blocks": None, "attachments": [{"blocks": [{"type": "no"}]}]},
        {"text": "x", "blocks": None, "attachments": [{"blocks": [section()]}]},
        "invalid_blocks",
    ),
    (
        "metadata",
        {"text": "x", "blocks": None, "metadata": {"event_type": "x"}},
        {"text": "x", "blocks": None, "metadata": {"event_type": "x", "event_payload": {}}},
        "invalid_metadata_format",
    ),
]


@pytest.mark.parametrize(
    ("refused", "accepted", "error"), [rule[1:] for rule in MESSAGE_RULES], ids=[rule[0] for rule in MESSAGE_RULES]
)
def test_a_message_rule_refuses_one_and_accepts_its_twin(
    refused: dict[str, Any], accepted: dict[str, Any], error: str
) -> None:
    refusal = message_refusal(**refused)
    assert refusal is not None
    assert refusal.error == error
    assert message_refusal(**accepted) is None


def chunk(**more: Any) -> Block:
    return {"type": "task_update", "id": "dns", "title": "DNS", "status": "complete", **more}


STREAM_RULES: list[tuple[str, list[Block], list[Block], str]] = [
    # name, refused, accepted, Slack's name for it
    (
        "text",
        [{"type": "markdown_text", "text": "x" * 12001}],
        [{"type": "markdown_text", "text": "x" * 12000}],
        "msg_too_long",
    ),
    ("task title", [chunk(title="x" * 257)], [chunk(title="x" * 256)], "invalid_chunks"),
    ("task status", [chunk(status="done")], [chunk(status="pending")], "invalid_chunks"),
    (
        "task source",
        [chunk(sources=["x"])],
        [chunk(sources=[{"type": "url", "url": "https://a.example", "text": "a"}])],
        "invalid_chunks",
    ),
    ("kind", [{"type": "words", "text": "x"}], [{"type": "plan_update", "title": "x"}], "invalid_chunks"),
    (
        "blocks",
        [{"type": "blocks", "blocks": [section("")]}],
        [{"type": "blocks", "blocks": [section()]}],
        "invalid_blocks",
    ),
]


@pytest.mark.parametrize(
    ("refused", "accepted", "error"), [rule[1:] for rule in STREAM_RULES], ids=[rule[0] for rule in STREAM_RULES]
)
def test_a_chunk_rule_refuses_one_and_accepts_its_twin(refused: list[Block], accepted: list[Block], error: str) -> None:
    refusal = stream_refusal(markdown_text=None, chunks=refused)
    assert refusal is not None
    assert refusal.error == error
    assert stream_refusal(markdown_text=None, chunks=accepted) is None


def test_an_append_without_anything_is_refused() -> None:
    assert stream_refusal(markdown_text=None, chunks=[], may_be_empty=False) == Refusal("no_text")
    assert stream_refusal(markdown_text="x", chunks=None, may_be_empty=False) is None


def modal(*blocks: Block, **more: Any) -> Block:
    return {"type": "modal", "title": plain("Ask"), "blocks": list(blocks), **more}


INPUT: Block = {"type": "input", "label": plain("Host"), "element": {"type": "plain_text_input", "action_id": "host"}}
VIEW_RULES: list[tuple[str, Block, Block, str]] = [
    # name, refused, accepted, what Slack says is wrong
    ("title", modal(section(), title=plain("x" * 25)), modal(section(), title=plain("x" * 24)), "less than 25"),
    ("no title", {"type": "modal", "blocks": [section()]}, modal(section()), "missing required field: title"),
    ("input without submit", modal(INPUT), modal(INPUT, submit=plain("Send")), "missing required field: submit"),
    ("count of blocks", modal(*[section()] * 101), modal(*[section()] * 100), "no more than 100 items allowed"),
    ("table in a modal", modal(table([[cell()]])), modal(section()), "unsupported type: table"),
    ("metadata", modal(section(), private_metadata="x" * 3001), modal(section(), private_metadata="x" * 3000), "3001"),
    ("a Home tab", {"type": "home", "blocks": [section()]}, modal(section()), "must be one of: modal"),
]


@pytest.mark.parametrize(
    ("refused", "accepted", "problem"), [rule[1:] for rule in VIEW_RULES], ids=[rule[0] for rule in VIEW_RULES]
)
def test_a_view_rule_refuses_one_and_accepts_its_twin(refused: Block, accepted: Block, problem: str) -> None:
    refusal = view_refusal(refused, home=False)
    assert refusal is not None
    assert refusal.error == "invalid_arguments"
    assert problem in " ".join(refusal.problems)
    assert view_refusal(accepted, home=False) is None


def test_prompts_are_one_to_four() -> None:
    prompt = {"title": "Check a host", "message": "Check example.com"}
    assert prompts_refusal([prompt] * 4) is None
    assert prompts_refusal([prompt] * 5) is not None
    assert prompts_refusal([]) is not None
    assert prompts_refusal([{"title": "Check a host"}]) is not None


def test_loading_messages_are_ten_at_most() -> None:
    assert status_refusal(["Looking"] * 10) is None
    assert status_refusal(["Looking"] * 11) is not None


@pytest.mark.parametrize(
    "hostile", [None, 0, "blocks", {}, [None], [[]], [{"type": {}}], [{"type": "section", "text": []}]]
)
def test_no_value_upsets_the_rules(hostile: object) -> None:
    assert block_problems(hostile, surface=Surface.MESSAGE)
