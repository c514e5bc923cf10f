"""What somebody did other than ask in words: pressed a button, opened the Home tab, dropped files."""

import json
from dataclasses import asdict, dataclass
from enum import StrEnum

from bot.slack.payload import Payload, identifier, items, mapping, text, url

# As many files as a person drops at once, and one more, so that it can be told that there were more.
FILES_KEPT = 6
NAME_LONGEST = 200


class Deed(StrEnum):
    """What is kept and worked on like the press of a button; the buttons have their own names."""

    HOME = "home"  # the Home tab was opened
    PROMPTS = "prompts"  # the Messages tab was opened
    FILES = "files"  # a direct message came with files


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedFile:
    """A file as Slack tells of it; its content is fetched when it is examined, and never kept."""

    name: str
    mimetype: str
    url: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """One press.

    `question` is the question whose answer it belongs to; `message` and `thread` say where the pressed message stands,
    `alone` whether the presser alone sees it; `words` is what was written beside `files`.
    """

    action: str
    question: int = 0
    helpful: bool | None = None
    article: str = ""
    example: int | None = None
    message: str = ""
    thread: str = ""
    alone: bool = False
    words: str = ""
    files: tuple[SharedFile, ...] = ()

    def dumps(self) -> str:
        """As the store keeps it."""
        return json.dumps({name: value for name, value in asdict(self).items() if value not in (None, "", ())})

    @classmethod
    def loads(cls, stored: str) -> "Press":
        """From what `dumps` gave."""
        kept = mapping(json.loads(stored))
        number, example, helpful = kept.get("question"), kept.get("example"), kept.get("helpful")
        return cls(
            action=text(kept, "action"),
            question=number if isinstance(number, int) else 0,
            helpful=helpful if isinstance(helpful, bool) else None,
            article=text(kept, "article"),
            example=example if isinstance(example, int) else None,
            message=text(kept, "message"),
            thread=text(kept, "thread"),
            alone=kept.get("alone") is True,
            words=text(kept, "words"),
            files=tuple(map(_file, map(mapping, items(kept.get("files"))))),
        )


def shared_files(event: Payload) -> tuple[SharedFile, ...]:
    """The files of a message."""
    return tuple(
        SharedFile(
            name=_printable(text(one, "name"), most=NAME_LONGEST) or "file",
            mimetype=identifier(one, "mimetype"),
            url=url(one, "url_private_download") or url(one, "url_private") or "",
            size=size if isinstance(size := one.get("size"), int) else 0,
        )
        for one in map(mapping, items(event.get("files"))[:FILES_KEPT])
    )


def _file(kept: Payload) -> SharedFile:
    size = kept.get("size")
    return SharedFile(
        name=text(kept, "name"),
        mimetype=text(kept, "mimetype"),
        url=text(kept, "url"),
        size=size if isinstance(size, int) else 0,
    )


def _printable(name: str, *, most: int) -> str:
    return "".join(character for character in name[:most] if character.isprintable()).strip()
