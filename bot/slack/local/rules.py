"""What Slack refuses in a message, a chunk of a stream or a view: its limits as pure functions."""

from collections.abc import Mapping, Sequence

from .block_rules import (
    MARKDOWN_LONGEST,
    SOURCE,
    Surface,
    block_problems,
    characters,
    markdown_characters,
    view_problems,
)
from .shapes import Check, Walk, anything, array, may, must, one_of, string, structure, typed
from .wire import JsonObject, Refusal

TEXT_LONGEST = 40_000
UPDATED_TEXT_LONGEST = 4_000
"""chat.update takes a tenth of what chat.postMessage takes."""
WITH_MARKDOWN_LONGEST = 13_200
"""The whole of a message that has a markdown block; measured by others, not documented."""
TASK_TEXT_LONGEST = 256
ATTACHMENTS_MOST = 100

_CHUNKS: dict[str, Check] = {
    "markdown_text": structure({"type": must(anything), "text": must(string(longest=1 << 30, shortest=0))}),
    "plan_update": structure({"type": must(anything), "title": must(string(longest=TASK_TEXT_LONGEST))}),
    "task_update": structure(
        {
            "type": must(anything),
            "id": must(string(longest=255)),
            "title": must(string(longest=TASK_TEXT_LONGEST)),
            "status": must(one_of("pending", "in_progress", "complete", "error")),
            "details": may(string(longest=TASK_TEXT_LONGEST)),
            "output": may(string(longest=TASK_TEXT_LONGEST)),
            "sources": may(array(SOURCE, most=50, least=0)),
        }
    ),
    "blocks": structure({"type": must(anything), "blocks": must(anything)}),
}


def message_refusal(
    *,
    text: str | None,
    blocks: object,
    attachments: object = None,
    markdown_text: str | None = None,
    metadata: object = None,
    longest: int = TEXT_LONGEST,
    may_be_empty: bool = False,
) -> Refusal | None:
    """Why Slack would refuse a message of this content; None where it would take it.

    `may_be_empty` is for an update, which may leave what was there, and for a file's comment.
    """
    if markdown_text is not None and (text or blocks):
        return Refusal("markdown_text_conflict")
    for given, limit in ((text, longest), (markdown_text, MARKDOWN_LONGEST)):
        if given is not None and len(given) > limit:
            return Refusal("msg_too_long")
    refusal = blocks_refusal(blocks) or _attachments_refusal(attachments) or _metadata_refusal(metadata)
    if refusal:
        return refusal
    has_text = bool((text or "").strip() or (markdown_text or "").strip())
    if not (has_text or blocks or attachments or may_be_empty):
        return Refusal("no_text")
    return None


def blocks_refusal(blocks: object) -> Refusal | None:
    """Why Slack would refuse these blocks in a message."""
    if blocks is None:
        return None
    if not isinstance(blocks, list):
        return Refusal("invalid_blocks_format")
    problems = block_problems(blocks, surface=Surface.MESSAGE)
    if problems:
        return Refusal("invalid_blocks", problems)
    if sum(block["type"] == "table" for block in blocks) > 1:
        return Refusal("invalid_blocks", ("only_one_table_allowed [json-pointer:/blocks]",))
    in_markdown = markdown_characters(blocks)
    if in_markdown > MARKDOWN_LONGEST or (in_markdown and characters(blocks) > WITH_MARKDOWN_LONGEST):
        return Refusal("msg_too_long")
    return None


def stream_refusal(
    *, markdown_text: str | None, chunks: object, blocks: object = None, may_be_empty: bool = True
) -> Refusal | None:
    """Why Slack would refuse to add this to a stream."""
    if markdown_text is not None and len(markdown_text) > MARKDOWN_LONGEST:
        return Refusal("msg_too_long")
    if chunks is not None:
        refusal = _chunks_refusal(chunks)
        if refusal:
            return refusal
    if not (markdown_text or chunks or may_be_empty):
        return Refusal("no_text")
    return blocks_refusal(blocks)


def view_refusal(view: object, *, home: bool) -> Refusal | None:
    """Why Slack would refuse a view; `home` for the Home tab, else a modal is expected."""
    problems = view_problems(view)
    if problems:
        return Refusal("invalid_arguments", problems)
    expected = "home" if home else "modal"
    if not isinstance(view, dict) or view["type"] != expected:
        return Refusal("invalid_arguments", (f"must be one of: {expected} [json-pointer:/view/type]",))
    return None


def prompts_refusal(prompts: object) -> Refusal | None:
    """Why Slack would refuse suggested prompts: one to four, each with a title and a message."""
    walk = Walk()
    prompt = structure({"title": must(string(longest=3000)), "message": must(string(longest=TEXT_LONGEST))})
    array(prompt, most=4)(prompts, "/prompts", walk)
    return Refusal("invalid_arguments", tuple(walk.problems)) if walk.problems else None


def status_refusal(loading_messages: object) -> Refusal | None:
    """Why Slack would refuse a status' loading messages: at most ten strings."""
    if loading_messages is None:
        return None
    walk = Walk()
    array(string(longest=3000), most=10, least=0)(loading_messages, "/loading_messages", walk)
    return Refusal("invalid_arguments", tuple(walk.problems)) if walk.problems else None


def _chunks_refusal(chunks: object) -> Refusal | None:
    walk = Walk()
    array(typed(_CHUNKS), most=1000, least=0)(chunks, "/chunks", walk)
    if walk.problems or not isinstance(chunks, list):
        return Refusal("invalid_chunks", tuple(walk.problems))
    in_blocks: list[JsonObject] = []
    for chunk in chunks:
        if chunk["type"] == "markdown_text" and len(chunk["text"]) > MARKDOWN_LONGEST:
            return Refusal("msg_too_long")
        if chunk["type"] == "blocks":
            refusal = blocks_refusal(chunk["blocks"])
            if refusal:
                return refusal
            in_blocks += chunk["blocks"]
    return blocks_refusal(in_blocks)


def _attachments_refusal(attachments: object) -> Refusal | None:
    if attachments is None:
        return None
    if not isinstance(attachments, list) or not all(isinstance(each, Mapping) for each in attachments):
        return Refusal("invalid_attachments")
    if len(attachments) > ATTACHMENTS_MOST:
        return Refusal("too_many_attachments")
    return next(filter(None, (blocks_refusal(each.get("blocks")) for each in attachments)), None)


def _metadata_refusal(metadata: object) -> Refusal | None:
    if metadata is None:
        return None
    keys: Sequence[str] = ("event_type", "event_payload")
    if not isinstance(metadata, dict) or not all(key in metadata for key in keys):
        return Refusal("invalid_metadata_format")
    return None
