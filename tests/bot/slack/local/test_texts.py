"""What Slack makes of typed text, and what a person reads in blocks."""

from typing import Any

import pytest

from bot.slack.local.reading import buttons, links, pings, read, read_markdown, read_mrkdwn
from bot.slack.local.typed_text import as_typed

NAMES = {"U0BOB": "bob", "C0GENERAL": "general"}


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("see example.com", "see <http://example.com|example.com>"),  # a bare host
        ("Example.COM:8443/a?b=c&d", "<http://Example.COM:8443/a?b=c&amp;d|Example.COM:8443/a?b=c&amp;d>"),
        ("is https://example.com/a down?", "is <https://example.com/a> down?"),  # a link, alone
        ("(https://example.com).", "(<https://example.com>)."),  # punctuation stays outside
        ("write me@example.com", "write <mailto:me@example.com|me@example.com>"),  # an address is no host
        ("see chain.pem", "see chain.pem"),  # a file is no host
        ("a & b < c > d", "a &amp; b &lt; c &gt; d"),  # the three that are escaped
        ("`example.com`", "`example.com`"),  # code is not linked
        ("```curl example.com```", "```curl example.com```"),
        ("<@U0BOB> <!here>", "<@U0BOB> <!here>"),  # mentions as a client sends them
        ("a <b>", "a &lt;b&gt;"),  # angle brackets that somebody typed
    ],
)
def test_typed_text_becomes_slacks(typed: str, text: str) -> None:
    assert as_typed(typed).text == text


def test_typed_text_becomes_rich_text_as_well() -> None:
    [block] = as_typed("<@U0BOB> see example.com & `x`").blocks
    [section] = block["elements"]
    assert section["elements"] == [
        {"type": "user", "user_id": "U0BOB"},
        {"type": "text", "text": " see "},
        {"type": "link", "url": "http://example.com", "text": "example.com"},
        {"type": "text", "text": " & "},
        {"type": "text", "text": "x", "style": {"code": True}},
    ]


@pytest.mark.parametrize(
    ("mrkdwn", "shown"),
    [
        ("*bold* _and_ ~not~ `code`", "bold and not code"),
        ("<https://example.com|the site> and <https://example.com>", "the site and https://example.com"),
        ("<@U0BOB> in <#C0GENERAL>, <!channel>", "@bob in #general, @channel"),
        ("a &amp;lt; b", "a &lt; b"),  # unescaped once
        ("snake_case_name", "snake_case_name"),
    ],
)
def test_mrkdwn_is_read_without_its_markers(mrkdwn: str, shown: str) -> None:
    assert read_mrkdwn(mrkdwn, names=NAMES) == shown


def test_markdown_is_read_without_its_markers() -> None:
    assert read_markdown("# Why\n**It** has `expired`, see [the guide](https://example.com)") == (
        "Why\nIt has expired, see the guide"
    )


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def rich(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(parts)}]}


BUTTON = {"type": "button", "text": plain("Open"), "url": "https://example.com/"}
STEPS = {
    "type": "rich_text_list",
    "style": "ordered",
    "elements": [
        {"type": "rich_text_section", "elements": [{"type": "text", "text": word}]} for word in ("one", "two")
    ],
}
LINK = {"type": "link", "url": "https://example.com/a", "text": "here"}
READINGS: list[tuple[dict[str, Any], str]] = [
    ({"type": "header", "text": plain("Expired *now*")}, "Expired *now*"),
    ({"type": "divider"}, ""),
    ({"type": "section", "fields": [plain("a"), plain("b")], "accessory": BUTTON}, "a\nb\n[Open]"),
    ({"type": "context", "elements": [plain("a"), {"type": "mrkdwn", "text": "*b*"}]}, "a b"),
    ({"type": "rich_text", "elements": [STEPS]}, "1. one\n2. two"),
    (rich({"type": "text", "text": "a <b>"}, LINK, {"type": "emoji", "name": "lock"}), "a <b>here:lock:"),
    ({"type": "image", "image_url": "https://example.com/", "alt_text": "a chart"}, "(image: a chart)"),
    ({"type": "table", "rows": [[{"type": "raw_text", "text": "a"}, rich({"type": "text", "text": "b"})]]}, "a | b"),
    ({"type": "container", "title": plain("More"), "child_blocks": [rich(LINK)]}, "More\nhere"),
    ({"type": "plan", "title": "Steps", "tasks": [{"title": "DNS", "status": "complete"}]}, "Steps\nDNS (complete)"),
    ({"type": "card", "title": plain("T"), "body": plain("B"), "actions": [BUTTON]}, "T\nB\n[Open]"),
]


@pytest.mark.parametrize(("block", "shown"), READINGS, ids=[block["type"] for block, _ in READINGS])
def test_a_block_is_read(block: dict[str, Any], shown: str) -> None:
    assert read("fallback", [block], names={}) == shown


def test_the_text_is_read_where_there_are_no_blocks() -> None:
    assert read("a *b*", [], names={}) == "a b"


def test_links_and_buttons_are_found_wherever_they_are() -> None:
    blocks = [
        rich(LINK),
        {"type": "section", "text": {"type": "mrkdwn", "text": "<https://example.com/?a&amp;b|c>"}},
        {"type": "container", "title": plain("x"), "child_blocks": [{"type": "actions", "elements": [BUTTON]}]},
    ]
    assert links("", blocks) == [
        ("here", "https://example.com/a"),
        ("c", "https://example.com/?a&b"),
        ("Open", "https://example.com/"),
    ]
    assert buttons(blocks) == ["Open"]


def test_pings_are_found_and_escaped_ones_are_none() -> None:
    blocks = [
        rich({"type": "text", "text": "<!channel>"}, {"type": "user", "user_id": "U0BOB"}),
        {"type": "section", "text": {"type": "mrkdwn", "text": "<!here> &lt;!everyone&gt; <!subteam^S0A|@a>"}},
        {"type": "section", "text": plain("<@U0ALICE>")},
    ]
    assert pings("<@U0CAROL>", blocks) == {"U0BOB", "here", "S0A", "U0CAROL"}
    assert pings("&lt;!channel&gt; <https://example.com|@here>", []) == set()
