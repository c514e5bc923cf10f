"""`padlock knowledge`: what is known, whether its files are sound, and how a text ranks."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bot.arguments import UsageError, shown
from bot.output import put
from diagnostics.plain_text import neutralise

if TYPE_CHECKING:
    from knowledge.library import Library

DONE, UNSOUND = 0, 1
LONGEST_LINE = 400
# More rows than these say nothing more about a text.
MOST_ROWS = 10


def list_entries(library: "Library") -> int:
    """Print every entry: its id, its question, its document."""
    width = max((len(entry.id) for entry in library.entries), default=0)
    for entry in library.entries:
        _print(f"{entry.id:{width}}  {entry.question}  ({entry.document})")
    return DONE


def lint(library: "Library") -> int:
    """Print what is wrong with the files, and how to mend it; the exit status says whether anything is."""
    from knowledge.lint import lint as problems_of

    problems = problems_of(library)
    for problem in problems:
        _print(str(problem))
    count = len(problems)
    _print(f"{len(library.entries)} entries, {count} {'problem' if count == 1 else 'problems'}")
    return UNSOUND if problems else DONE


def search(library: "Library", text: str) -> int:
    """Print how a text ranks, and what would be answered."""
    from knowledge.match import decide

    matches = library.search(text, limit=MOST_ROWS)
    for match in matches:
        _print(f"{match.score:.2f}  {match.article.id}  {match.article.question}")
    outcome = decide(matches)
    named = [outcome.article.id] if outcome.article else [match.article.id for match in outcome.candidates]
    _print(" ".join([f"outcome: {outcome.kind.value}", *named]))
    return DONE


def evaluate(library: "Library", file: str) -> int:
    """Print what the library makes of labelled questions; a file that is none of them is a UsageError."""
    from knowledge.evaluate import evaluate, read_questions

    path, name = Path(file), neutralise(file, limit=LONGEST_LINE)
    try:
        lines = path.read_text("utf-8").splitlines()
        questions = read_questions(path)
    except UnicodeDecodeError as error:
        number = error.object.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{name}:{number}: this is not UTF-8. Save the file in UTF-8") from None
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise UsageError(f"{name} cannot be used: {why}") from None
    if not questions:
        raise UsageError(f'{name} has no question in it. Write one a line: {{"text": "…", "article": "q1" or null}}')
    numbers = [number for number, line in enumerate(lines, 1) if line.strip()]
    for number, question in zip(numbers, questions, strict=True):
        for label in (question.article, *question.also):
            if label is not None and library.get(label) is None:
                raise UsageError(
                    f'{name}:{number}: there is no entry "{shown(label)}". padlock knowledge list has their ids'
                )
    for line in evaluate(library, questions).report().split("\n"):
        _print(line)
    return DONE


def _print(line: str) -> None:
    put(neutralise(line, limit=LONGEST_LINE) + "\n", stream=sys.stdout)
