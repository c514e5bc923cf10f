"""Each rule of Slack's that the stand-in holds: what is refused, beside its twin that is accepted."""

from typing import Any

import pytest

from .block_rules import Surface, block_problems
from .reading import read_blocks
from .rules import (
    TEXT_LONGEST,
    UPDATED_TEXT_LONGEST,
    blocks_refusal,
    message_refusal,
    prompts_refusal,
    status_refusal,
    stream_refusal,
    view_refusal,
)
from .state import stored_blocks
from .wire import Refusal

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


MESSAGE_RULES: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    # name, refused, accepted, Slack's name for it
    ("nothing", {"text": None, "blocks": None}, {"text": "x", "blocks": None}, "no_text"),
    ("empty", {"text": "", "blocks": []}, {"text": "", "blocks": [section()]}, "no_text"),
    ("blank", {"text": " \n", "blocks": None}, {"text": " x", "blocks": None}, "no_text"),
    (
        "text",
        {"text": "x" * (TEXT_LONGEST + 1), "blocks": None},
        {"text": "x" * TEXT_LONGEST, "blocks": None},
        "msg_too_long",
    ),
    (
        "text of an update",
        {"text": "x" * (UPDATED_TEXT_LONGEST + 1), "blocks": None, "longest": UPDATED_TEXT_LONGEST},
        {"text": "x" * UPDATED_TEXT_LONGEST, "blocks": None, "longest": UPDATED_TEXT_LONGEST},
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
