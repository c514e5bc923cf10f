"""Shows groups of questions that the knowledge did not serve well, as text with lines to paste, and as JSON."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.gaps import Group, Shown
from diagnostics.plain_text import neutralise
from knowledge.article import ArticleKind
from knowledge.sidecar import SUFFIX

if TYPE_CHECKING:
    from knowledge.library import Library
    from knowledge.outcome import Outcome

# More wordings of one question than these teach nothing.
WORDINGS_MOST = 8
# A longer text is no way of asking but a report; people who read it will say it in fewer words.
LONGEST_ALIAS = 160
# A question has at most some thousand characters.
LONGEST_LINE = 15_000
_HOSTS_ONLY = "(a host, without words)"


@dataclass(frozen=True, slots=True)
class Place:
    """Where aliases of an entry are written: a table of a sidecar, or the list of a cause's page."""

    file: Path
    table: str | None


def as_text(groups: Sequence[Group], *, library: "Library", folder: Path) -> list[str]:
    """The groups as lines; files below `folder` are named from there."""
    lines = []
    for group in groups:
        outcome = _today(group, library=library)
        aliases = _aliases(group)
        lines += [f"{_times(group.asked)}, last on {_time(group.last):%Y-%m-%d}: {_headline(group)}"]
        lines += [f"  also: {text}" for text in group.texts[1:WORDINGS_MOST]]
        if len(group.texts) > WORDINGS_MOST:
            lines += [f"  and {len(group.texts) - WORDINGS_MOST} more like these"]
        lines += [f"  answered with: {'; '.join(f'{_what(shown)} ({count})' for shown, count in group.shown)}"]
        if group.helpful or group.unhelpful:
            lines += [f"  found helpful by {group.helpful}, not helpful by {group.unhelpful}"]
        if group.meant:
            lines += [f"  people meant: {', '.join(f'{article} ({count})' for article, count in group.meant)}"]
        if outcome is not None:
            lines += [f"  today: {_what(_as_shown(outcome))}"]
        if aliases:
            lines += [f"  {_where(group, library=library, folder=folder)}:"]
            lines += [f"    {line}" for line in _lines(aliases, place=_place(group, library=library))]
        lines += [""]
    return [neutralise(line, limit=LONGEST_LINE) for line in lines]


def as_json(group: Group, *, library: "Library") -> str:
    """One group as a line of JSON, in ASCII."""
    outcome = _today(group, library=library)
    place = _place(group, library=library)
    return json.dumps(
        {
            "schema": 1,
            "text": group.texts[0] if group.texts else None,
            "asked": group.asked,
            "last": _time(group.last).isoformat().replace("+00:00", "Z"),
            "texts": list(group.texts),
            "answered": [_shown_object(shown) | {"times": count} for shown, count in group.shown],
            "helpful": group.helpful,
            "unhelpful": group.unhelpful,
            "meant": [{"article": article, "people": count} for article, count in group.meant],
            "today": _shown_object(_as_shown(outcome)) if outcome is not None else None,
            "file": str(place.file) if place else None,
            "table": place.table if place else None,
            "aliases": _aliases(group),
        }
    )


def _today(group: Group, *, library: "Library") -> "Outcome | None":
    """What the question would be answered with now, perhaps with aliases that were written since."""
    from knowledge.outcome import decide

    return decide(library.search(group.texts[0])) if group.texts else None


def _as_shown(outcome: "Outcome") -> Shown:
    if outcome.article is not None:
        return Shown("faq", outcome.article.id, ())
    return Shown(outcome.kind.value, None, tuple(match.article.id for match in outcome.candidates))


def _shown_object(shown: Shown) -> dict[str, object]:
    return {"kind": shown.outcome, "article": shown.article, "candidates": list(shown.candidates)}


def _headline(group: Group) -> str:
    return group.texts[0] if group.texts else _HOSTS_ONLY


def _what(shown: Shown) -> str:
    match shown.outcome:
        case "none":
            return "nothing"
        case "unsure":
            return f"a choice of {', '.join(shown.candidates)}" if shown.candidates else "a choice of entries"
        case other:
            return shown.article or other


def _aliases(group: Group) -> list[str]:
    return [text for text in group.texts if len(text) <= LONGEST_ALIAS][:WORDINGS_MOST]


def _place(group: Group, *, library: "Library") -> Place | None:
    """Where the aliases of the entry that most people meant belong."""
    for article_id, _ in group.meant:
        article, file = library.get(article_id), library.file_of(article_id)
        if article is None or file is None:
            continue  # it is no longer there
        if article.kind is ArticleKind.CAUSE:
            return Place(file, None)
        return Place(file.with_name(file.stem + SUFFIX), article_id.removeprefix(f"{file.stem}/"))
    return None


def _where(group: Group, *, library: "Library", folder: Path) -> str:
    place = _place(group, library=library)
    if place is None:
        return "for the sidecar of the entry that answers it, in its aliases"
    file = place.file.relative_to(folder) if place.file.is_relative_to(folder) else place.file
    if place.table is None:
        return f'for {file}, under "How people ask"'
    table = place.table if re.fullmatch("[A-Za-z0-9_-]+", place.table) else _quoted(place.table)
    return f"for {file}, under [{table}], in aliases"


def _lines(aliases: Sequence[str], *, place: Place | None) -> list[str]:
    if place is not None and place.table is None:
        return [f"- {alias}" for alias in aliases]
    return [f"{_quoted(alias)}," for alias in aliases]


def _quoted(text: str) -> str:
    """A text in quotes; of a printable one TOML reads what JSON writes."""
    return json.dumps(text, ensure_ascii=False)


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, tz=UTC)
