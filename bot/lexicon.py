"""Reads the words that a message is understood by, which are data: phrases.toml and lookalikes.toml."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import cast

# Stands for a host in a text whose hosts have been found.
HOST = "\ue001"


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One file of words, each kind by its name; the file's head says how they match.

    A phrase is ready to be looked for in words joined by blanks, with a blank at either end.
    """

    words: Mapping[str, frozenset[str]]
    stems: Mapping[str, tuple[str, ...]]
    phrases: Mapping[str, tuple[str, ...]]
    sayings: Mapping[str, frozenset[str]]


@cache
def phrases() -> Lexicon:
    """How people say that something is broken, mended, to be checked, or only asked about."""
    return _read("phrases.toml")


@cache
def lookalikes() -> Lexicon:
    """What is written like a host name and is none."""
    return _read("lookalikes.toml")


def _read(name: str) -> Lexicon:
    from pathlib import Path  # late, as the files are: a message without a dot in it needs but one of them

    from knowledge.lists import read_toml  # for tomllib takes longer to import than this to read

    text = Path(__file__).with_name(name).read_text("utf-8")
    tables = cast(dict[str, dict[str, list[str]]], read_toml(text))
    return Lexicon(
        words={key: frozenset(" ".join(some).split()) for key, some in tables.get("words", {}).items()},
        stems={key: tuple(" ".join(some).split()) for key, some in tables.get("stems", {}).items()},
        phrases={key: tuple(map(_ready, _listed(some))) for key, some in tables.get("phrases", {}).items()},
        sayings={key: frozenset(_listed(some)) for key, some in tables.get("sayings", {}).items()},
    )


def _listed(lines: list[str]) -> list[str]:
    listed = (phrase.strip() for line in lines for phrase in line.split(","))
    return [phrase for phrase in listed if phrase]


def _ready(phrase: str) -> str:
    phrase = phrase.replace("HOST", HOST)
    if phrase.endswith("_") and not phrase.startswith("_"):
        phrase = f"{phrase[:-1]} "
    return f" {phrase}" if phrase[0].isalpha() and phrase[0].isascii() else phrase
