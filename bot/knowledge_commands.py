"""`padlock knowledge`: what is known, whether its files are sound, how a text ranks, and what is asked in vain."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bot import setting_values
from bot.arguments import UsageError, shown
from bot.output import put
from bot.settings import SettingError, Settings
from diagnostics.plain_text import neutralise

if TYPE_CHECKING:
    from bot.store.records import Gap
    from knowledge.library import Library

DONE, UNSOUND = 0, 1
LONGEST_LINE = 400
# More rows than these say nothing more about a text.
MOST_ROWS = 10
DAY_SECONDS = 86_400


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
    from knowledge.outcome import decide

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


def gaps(library: "Library", *, settings: Settings, since: str | None, as_json: bool, now: float) -> int:
    """Print what was asked in Slack and answered not at all or not well, ready to become aliases.

    `since` is in days, `now` in seconds since 1970. A SettingError says why the store that is named cannot be read.
    """
    from bot.gaps import grouped  # late, like all that only the store needs
    from bot.render import gaps as face
    from knowledge import match
    from knowledge.language import load_language

    begin = 0.0 if since is None else now - _days(since) * DAY_SECONDS
    found = _gaps(settings, since=begin)
    if found is None:
        return DONE
    language = load_language(Path(match.__file__).with_name("terms.toml").read_text("utf-8"))
    groups = grouped(found, language=language)
    if as_json:
        for group in groups:
            put(face.as_json(group, library=library) + "\n", stream=sys.stdout)
        return DONE
    for line in face.as_text(groups, library=library, folder=Path.cwd()):
        _print(line)
    questions = "1 question" if len(found) == 1 else f"{len(found)} questions"
    kept = f"of the {settings.retention_days} days that are kept" if since is None else f"of the last {since} days"
    if groups:
        _print(f"{questions} in {len(groups)} {'group' if len(groups) == 1 else 'groups'}, {kept}")
    else:
        _print(f"Nothing {kept} was left without an answer, found not helpful, or meant otherwise.")
    return DONE


def _days(text: str) -> int:
    try:
        return setting_values.days(text)
    except ValueError as error:
        raise UsageError(f'--since has "{shown(text)}", {error}. A good value: 30') from None


def _gaps(settings: Settings, *, since: float) -> "list[Gap] | None":
    """The gaps in the store; None, and a word about it, where there is no store yet."""
    import asyncio

    from bot.store.database import missing_file
    from bot.store.records import StoreError
    from bot.store.store import Store

    async def read() -> list["Gap"]:
        store = await Store.open(settings.database)
        try:
            return await store.gaps(since=since)
        finally:
            await store.close()

    missing = missing_file(settings.database)
    if missing is not None:
        # The usual place is empty until the bot runs; a place that somebody has named should not be.
        if missing != settings.data_folder / "padlock.db":
            raise SettingError(f"PADLOCK_DATABASE names {missing}, and there is no store there. padlock slack makes it")
        put(f"There is no store yet ({missing}): padlock slack makes it\n", stream=sys.stderr)
        return None
    try:
        return asyncio.run(read())
    except StoreError as error:
        raise SettingError(str(error)) from None


def _print(line: str) -> None:
    put(neutralise(line, limit=LONGEST_LINE) + "\n", stream=sys.stdout)
