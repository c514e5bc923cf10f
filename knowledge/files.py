"""Reads the files of a knowledge base; one that cannot be used names itself and the remedy."""

import os
import re
import stat
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from knowledge.article import Article, ArticleKind
from knowledge.sidecar import SUFFIX, Asks, Sidecar, read_sidecar, unknown_entries
from knowledge.source import Remark, normalise, plain_title, read_source, slug

# The largest FAQ file of the 3,720 that the form was learnt from has 96 kB; beyond this it is a mistake.
MAX_FILE_BYTES = 2 * 1024 * 1024
# A folder with more Markdown than this is a whole disk named by mistake.
MAX_FILES = 20_000
MARKDOWN_SUFFIXES = (".md", ".markdown")

_HERE = Path(__file__).parent
SHIPPED = (_HERE / "faq", _HERE / "causes")
_CAUSE_STEM = re.compile(r"[a-z]+\.[a-z0-9_]+")
_BULLET = re.compile(r"^[ ]{0,3}[-*+][ ]+(.+)$", re.M)
_CODE_SPAN = re.compile(r"`([^`\n]{3,300})`")
_ASKS_HEADING, _SEEN_HEADING = "## How people ask", "## What visitors see"
# If none of these is in an answer outside its code it is clean Markdown already, as Padlock's own pages are.
_CODE = r"(?ms)^```[^`\n]*\n.*?^```[ ]*$|`[^`\n]+`"
_UNCLEAN = (
    r"(?m)[<&`\t\ue000\ue001]|!\[|\]\((?!(?:https?://|mailto:)[^\s()]+\))|\]\[|\]:"
    r"|>[ ]?[?!？！\[]|:::|\{#|[ ]$|^[ ]*~~~"
)


class Problem(NamedTuple):
    """What a file's owner should look at: which file and line, what is wrong, how to mend it."""

    file: Path
    line: int
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}. {self.remedy}"


class Entry(NamedTuple):
    """An article as it was read; its answer is made clean only when it is shown."""

    id: str
    kind: ArticleKind
    question: str
    body: str
    document: str
    section: str | None
    asks: tuple[str, ...]
    links: Mapping[str, str]
    terms: tuple[str, ...] = ()
    leads: tuple[str, ...] = ()

    def article(self) -> Article:
        """The article with its answer as clean Markdown."""
        text = normalise(self.body).strip("\n")
        if re.search(_UNCLEAN, re.sub(_CODE, "x", text)):
            from knowledge.clean import clean

            text = clean(text, links=self.links)
        return Article(
            id=self.id,
            kind=self.kind,
            question=self.question,
            text=text,
            document=self.document,
            section=self.section,
            asks=self.asks,
        )


class File(NamedTuple):
    """One file as it was read last: what it held, and the state of the disk at that time."""

    path: str
    signature: tuple[object, ...]
    entries: tuple[Entry, ...] = ()
    decoys: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    good: bool = True


def markdown_files(folders: tuple[Path, ...], problems: list[Problem]) -> Iterator[tuple[str, bool]]:
    """The Markdown files under the folders, each once, in order, and whether a sidecar lies beside it.

    Hidden ones and circles of links are passed over.
    """
    seen: set[tuple[int, int]] = set()
    count = 0
    for folder in folders:
        if not folder.is_dir():
            what = "this is no folder" if folder.exists() else "this folder does not exist"
            problems.append(Problem(folder, 1, what, "Name a folder that holds FAQ files in Markdown."))
            continue
        for found in _walk(str(folder), seen, problems, depth=0):
            count += 1
            if count > MAX_FILES:
                problems.append(
                    Problem(folder, 1, f"there are more than {MAX_FILES} files", "Name the FAQ's own folder.")
                )
                return
            yield found


def _walk(
    folder: str, seen: set[tuple[int, int]], problems: list[Problem], *, depth: int
) -> Iterator[tuple[str, bool]]:
    # 20 folders deep: no FAQ is, and the recursion stays bounded.
    if depth > 20:
        return
    try:
        state = os.stat(folder)  # noqa: PTH116
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        what = f"the folder cannot be read ({error.strerror})"
        problems.append(Problem(Path(folder), 1, what, "Check who may read the folder."))
        return
    if (state.st_dev, state.st_ino) in seen:
        return
    seen.add((state.st_dev, state.st_ino))
    sidecars = {entry.name for entry in entries if entry.name.endswith(SUFFIX)}
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if _is_folder(entry):
            yield from _walk(entry.path, seen, problems, depth=depth + 1)
        elif entry.name.lower().endswith(MARKDOWN_SUFFIXES):
            yield entry.path, entry.name.rpartition(".")[0] + SUFFIX in sidecars


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself: the file is named when it is read
        return False


# Paths are texts here: these run over every file at each look for edits, and a Path costs four times as much.
def signature_of(path: str, *, has_sidecar: bool) -> tuple[object, ...]:
    # To ask for what is not there costs thrice as much as for what is.
    return _stat(path), _stat(_sidecar_path(path)) if has_sidecar else None


def _stat(path: str) -> tuple[int, int, int] | None:
    try:
        state = os.stat(path)  # noqa: PTH116
    except OSError:
        return None
    return state.st_mtime_ns, state.st_size, state.st_ino


def _sidecar_path(path: str) -> str:
    return path.rpartition(".")[0] + SUFFIX


def read_file(name: str, signature: tuple[object, ...]) -> File:
    text = _text_of(name)
    if isinstance(text, Problem):
        return File(name, signature, problems=(text,), good=False)
    problems: list[Problem] = []
    sidecar, sidecar_text, beside = Sidecar(), "", ""
    if signature[1] is not None:
        beside = _sidecar_path(name)
        found = _text_of(beside)
        if isinstance(found, Problem):
            problems.append(found)
            sidecar = Sidecar(broken=True)
        else:
            sidecar_text, sidecar = found, read_sidecar(found)
            problems += _problems(beside, sidecar.remarks)
    entries, remarks = _entries(name, text, sidecar.entries)
    problems += _problems(name, remarks)
    if entries and sidecar.entries:
        ids = frozenset(entry.id.rpartition("/")[2] for entry in entries)
        problems += _problems(beside, unknown_entries(sidecar, sidecar_text, ids))
    good = bool(entries) and not sidecar.broken
    return File(name, signature, tuple(entries), sidecar.decoys, tuple(problems), good)


def _problems(name: str, remarks: Iterable[Remark]) -> Iterator[Problem]:
    return (Problem(Path(name), remark.line, remark.what, remark.remedy) for remark in remarks)


def _text_of(name: str) -> str | Problem:
    try:
        # Looked at before it is opened: to open a pipe would wait for its other end.
        if not stat.S_ISREG(os.stat(name).st_mode):  # noqa: PTH116
            return Problem(Path(name), 1, "this is no ordinary file", "Remove it from the folder.")
        with open(name, "rb", buffering=0) as stream:  # noqa: PTH123
            data = stream.read(MAX_FILE_BYTES + 1) or b""
    except OSError as error:
        what = f"the file cannot be read ({error.strerror})"
        return Problem(Path(name), 1, what, "Check that it exists and may be read.")
    if len(data) > MAX_FILE_BYTES:
        return Problem(
            Path(name), 1, f"the file is larger than {MAX_FILE_BYTES // 1024} kB", "Split it into several files."
        )
    try:
        return data.removeprefix(BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return Problem(Path(name), line, "the file is not UTF-8", "Save it with the encoding UTF-8.")


def _entries(name: str, text: str, asks: Mapping[str, Asks]) -> tuple[list[Entry], tuple[Remark, ...]]:
    folder, file = os.path.split(name)
    stem = file.rpartition(".")[0]
    if _CAUSE_STEM.fullmatch(stem) and (page := _cause_page(stem, text, asks.get(stem, Asks()))):
        return [page], ()
    source = read_source(text)
    shipped = folder == str(SHIPPED[0]) and stem == "https"
    links = _definitions(text)
    entries = []
    taken: dict[str, int] = {}
    for number, found in enumerate(source.entries, 1):
        own = free_name(found.id or slug(found.question, number=number), taken)
        said = asks.get(own, Asks())
        entries.append(
            Entry(
                id=own if shipped else f"{stem}/{own}",
                kind=ArticleKind.FAQ,
                question=found.question,
                body=found.body,
                document=source.title or stem,
                section=found.section,
                asks=said.phrases,
                terms=said.terms,
                leads=said.leads,
                links=links,
            )
        )
    return entries, source.remarks


def _cause_page(code: str, text: str, said: Asks) -> Entry | None:
    """The page of a cause, or None where the file has no title and so is an ordinary FAQ file."""
    if "\r" in text:
        text = normalise(text)
    first, _, page = text.lstrip("\n").partition("\n")
    if not first.startswith("# "):
        return None
    asks: list[str] = []
    before, asked, after = _section(page, _ASKS_HEADING)
    asks += [bullet.strip().strip('"“”`') for bullet in _BULLET.findall(asked)]
    asks += _CODE_SPAN.findall(_section(page, _SEEN_HEADING)[1])
    return Entry(
        id=code,
        kind=ArticleKind.CAUSE,
        question=plain_title(first[2:]),
        body=before + after,
        document=f"causes/{code}",
        section=None,
        asks=tuple(dict.fromkeys((*asks, *said.phrases))),
        terms=said.terms,
        leads=said.leads,
        links=_definitions(text),
    )


def _section(page: str, heading: str) -> tuple[str, str, str]:
    """What stands before the section, in it, and after it."""
    start = page.find(f"\n{heading}") if not page.startswith(heading) else 0
    if start < 0:
        return page, "", ""
    inside = page.find("\n", start + len(heading))
    end = page.find("\n## ", inside) if inside >= 0 else -1
    return page[:start], page[inside:end] if end >= 0 else page[inside:], page[end:] if end >= 0 else ""


def _definitions(text: str) -> dict[str, str]:
    if "]: http" not in text and "]:http" not in text and "]: <http" not in text:
        return {}
    from knowledge.clean import DEFINITION

    return {match["name"].casefold(): match["url"] for match in DEFINITION.finditer(text)}


def free_name(name: str, taken: dict[str, int]) -> str:
    """The name, or with the first number that nobody has; `taken` remembers how far each name has counted."""
    own = name
    while own in taken:
        taken[name] += 1
        own = f"{name}-{taken[name]}"
    taken[own] = 1
    return own
