"""Reads TOML; files that hold nothing but lists of plain texts, as all of Padlock's own do, at a tenth of the cost."""

import re
from typing import cast

_GAP = r"(?>(?:[ \t\n]|\#[^\n]*+\n)*+)"
_TEXT = r'"[^"\\\n\x00-\x08\x0b-\x1f\x7f]*+"'
_NAME = r"(?:\"[^\"\\\n]++\"|[A-Za-z0-9_-]++)"
_STATEMENT = re.compile(
    rf"(?P<table>\[{_NAME}\])"
    rf"|(?P<key>{_NAME})[ \t]*=[ \t]*"
    rf"(?:(?P<text>{_TEXT})|\[(?P<list>{_GAP}(?>(?:{_TEXT}{_GAP},{_GAP})*+)(?:{_TEXT}{_GAP})?)\])"
    r"|\#[^\n]*"
)
_END = re.compile(r"[ \t]*(?:\#[^\n]*)?(?:\n[ \t\n]*|\Z)")
_ITEM = re.compile(rf"({_TEXT})|\#[^\n]*")


def read_toml(text: str) -> dict[str, object]:
    """The file's content; tomllib.TOMLDecodeError where it is no TOML."""
    text = text.replace("\r\n", "\n")
    found = _plain(text)
    if found is None:
        import tomllib

        return cast(dict[str, object], tomllib.loads(text))
    return found


def _plain(text: str) -> dict[str, object] | None:
    """The content of a file of plain lists, or None where it holds anything else; tomllib then says what is wrong."""
    whole: dict[str, object] = {}
    table = whole
    position = len(text) - len(text.lstrip(" \t\n"))
    while position < len(text):
        statement = _STATEMENT.match(text, position)
        end = _END.match(text, statement.end()) if statement else None
        if statement is None or end is None:
            return None
        name = (statement["table"] or statement["key"] or "").strip("[]").strip('"')
        if statement["table"]:
            if name in whole:
                return None
            whole[name] = table = {}
        elif statement["key"]:
            if name in table:
                return None
            if statement["text"] is not None:
                table[name] = statement["text"][1:-1]
            else:
                table[name] = [item[1:-1] for item in _ITEM.findall(statement["list"]) if item]
        position = end.end()
    return whole
