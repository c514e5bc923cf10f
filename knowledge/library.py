"""The knowledge base: the articles of some folders, and the search for the one that answers."""

import os
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.article import Article, Match
from knowledge.files import SHIPPED, Entry, File, Problem, free_name, markdown_files, read_file, signature_of

if TYPE_CHECKING:
    from knowledge.match import Index, Phrases

__all__ = ["SHIPPED", "Library", "Problem"]

# The index of the files that come with Padlock: to read their 5,000 phrases costs more than all else of a start.
PREPARED = Path(__file__).parent / "prepared.csv"


class Library:
    """The articles of some folders; it never changes: `reload` gives a new one."""

    def __init__(self, folders: tuple[Path, ...], files: tuple[File, ...], problems: tuple[Problem, ...]) -> None:
        self._folders = folders
        self._files = files
        self.problems = problems + tuple(problem for file in files for problem in file.problems)
        self.entries = _unique(entry for file in files for entry in file.entries)
        self._sources = [file.path for file in files for _ in file.entries]
        self._place = {entry.id: place for place, entry in enumerate(self.entries)}
        self._articles: dict[int, Article] = {}

    @classmethod
    def load(cls, *folders: str | os.PathLike[str]) -> "Library":
        """The library of exactly these folders; with none, of the FAQ and the cause pages that come with Padlock.

        A folder or file that cannot be read is in `problems` and the rest is loaded.
        """
        return _load(tuple(Path(folder) for folder in folders) or SHIPPED, {})

    @property
    def articles(self) -> tuple[Article, ...]:
        """All articles, in the order of the folders and files."""
        return tuple(self._article(place) for place in range(len(self.entries)))

    def get(self, article_id: str) -> Article | None:
        """The article of this id, or None."""
        place = self._place.get(article_id)
        return None if place is None else self._article(place)

    def file_of(self, article_id: str) -> Path | None:
        """The file that an article was read from, or None."""
        place = self._place.get(article_id)
        return None if place is None else Path(self._sources[place])

    def search(self, text: str, limit: int = 5) -> list[Match]:
        """The articles that may answer, likeliest first; an empty list where nothing fits."""
        ranked = self.matcher.rank(text)[: max(0, limit)]
        return [Match(self._article(place), score) for place, score in ranked]

    def stale(self) -> bool:
        """Whether a file was added, edited or removed since this library was read; costs one `stat` a file."""
        found = list(markdown_files(self._folders, []))
        return len(found) != len(self._files) or any(
            file.path != path or file.signature != signature_of(path, has_sidecar=has_sidecar)
            for file, (path, has_sidecar) in zip(self._files, found, strict=True)
        )

    def reload(self) -> "Library":
        """The library as the files are now; a file whose edit broke it keeps what it held and is in `problems`."""
        return _load(self._folders, {file.path: file for file in self._files})

    def _article(self, place: int) -> Article:
        article = self._articles.get(place)
        if article is None:
            article = self._articles[place] = self.entries[place].article()
        return article

    @cached_property
    def matcher(self) -> "Index":
        """What ranks the articles; built at the first question."""
        from knowledge.match import Index, load_near_misses

        # Made by `python -m knowledge.prepare`; the index itself sees whether it still fits the files.
        prepared = PREPARED.read_text("utf-8") if self._folders == SHIPPED and PREPARED.exists() else ""
        return Index(self.phrases, self.decoys, near_misses=load_near_misses(), prepared=prepared)

    @property
    def phrases(self) -> list["Phrases"]:
        """How each article is asked for, in the order of `articles`."""
        from knowledge.match import Phrases

        return [
            Phrases(entry.id, entry.kind, (entry.question, *entry.asks), entry.terms, entry.leads)
            for entry in self.entries
        ]

    @property
    def decoys(self) -> tuple[str, ...]:
        """What is asked often and not answered here."""
        return tuple(decoy for file in self._files for decoy in file.decoys)


def _load(folders: tuple[Path, ...], before: Mapping[str, File]) -> Library:
    problems: list[Problem] = []
    files: list[File] = []
    for path, has_sidecar in markdown_files(folders, problems):
        signature = signature_of(path, has_sidecar=has_sidecar)
        old = before.get(path)
        if old is not None and old.signature == signature:
            files.append(old)
            continue
        file = read_file(path, signature)
        if not file.good and old is not None and old.entries:
            said = tuple(
                problem._replace(remedy=f"{problem.remedy} Until then the version before is used.")
                for problem in file.problems
            )
            file = old._replace(signature=signature, problems=said)
        files.append(file)
    return Library(folders, tuple(files), tuple(problems))


def _unique(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The entries with ids that differ: two files of one name in two folders, for one, get a number."""
    taken: dict[str, int] = {}
    found = []
    for entry in entries:
        own = free_name(entry.id, taken)
        found.append(entry if own == entry.id else entry._replace(id=own))
    return tuple(found)
