"""What Slack's blocks say, as plain lines."""

from collections.abc import Iterator, Mapping, Sequence

_PARAGRAPHS = ("rich_text_section", "rich_text_quote", "rich_text_preformatted")


def in_words(blocks: Sequence[Mapping[str, object]]) -> str:
    """What blocks say, for where Slack refuses them: a line for each paragraph and each item of a list."""
    return "\n".join(filter(str.strip, _lines(blocks)))


def _lines(value: object) -> Iterator[str]:
    if isinstance(value, (list, tuple)):
        for inner in value:
            yield from _lines(inner)
    elif isinstance(value, dict) and value.get("type") == "rich_text_list":
        first = value.get("offset")
        number = (first if isinstance(first, int) else 0) + 1
        items = value.get("elements")
        for place, item in enumerate(items if isinstance(items, list) else []):
            mark = f"{number + place}." if value.get("style") == "ordered" else "•"
            yield f"{mark} {''.join(_lines(item))}"
    elif isinstance(value, dict) and value.get("type") in _PARAGRAPHS:
        yield _run(value.get("elements"))
    elif isinstance(value, dict) and value.get("type") in ("rich_text", "context"):
        yield from _lines(value.get("elements"))
    elif isinstance(value, dict) and value.get("type") == "plain_text":
        yield str(value.get("text", ""))
    elif isinstance(value, dict) and value.get("type") == "table":
        rows = value.get("rows")
        for row in rows if isinstance(rows, list) else []:
            yield _run(row, between=", ")


def _run(elements: object, *, between: str = "") -> str:
    parts = elements if isinstance(elements, list) else []
    return between.join(str(part.get("text", "")) for part in parts if isinstance(part, dict))
