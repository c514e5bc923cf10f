"""The local console: the conversation in a terminal, or one question a line from a pipe."""

import asyncio
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from bot import wording
from bot.answer import Answer, AnswerKind
from bot.batch import read_pieces
from bot.conversation import Conversation, reply
from bot.screen import Live, Screen

if TYPE_CHECKING:
    from prompt_toolkit.history import History

    from bot.settings import Settings
    from knowledge.library import Library

# A question of a megabyte is no question; what is longer is cut.
LONGEST_QUESTION = 1_000_000
LEAVE = frozenset({"exit", "quit", "bye", ":q"})
WELCOME = "Padlock. Ask why HTTPS does not work, and name the host.\nAn empty line shows help, Ctrl-D leaves."


class Console:
    """One conversation with the person at the keyboard, or with a pipe."""

    def __init__(self, *, library: "Library", settings: "Settings", screen: Screen) -> None:
        self._library = library
        self._settings = settings
        self.screen = screen
        self._conversation = Conversation()
        self._last: Answer | None = None

    def answer(self, text: str) -> None:
        """Answer one message."""
        if not text.strip():
            self.screen.show(Answer(question=text, kind=AnswerKind.SMALLTALK, note=wording.HELP))
            return
        if self._library.stale():
            self._library = self._library.reload()
        with Live(self.screen) as progress:
            found = asyncio.run(
                reply(
                    text,
                    conversation=self._conversation,
                    library=self._library,
                    options=self._settings.options(),
                    last=self._last,
                    progress=progress,
                )
            )
        self._conversation = found.conversation
        if found.answer.reports:
            self._last = found.answer
        self.screen.show(found.answer, details=found.details)


def run(*, settings: "Settings", library: "Library", environment: Mapping[str, str]) -> int:
    """Hold the conversation until its end; the exit status."""
    screen = Screen(sys.stdout, environment=environment)
    console = Console(library=library, settings=settings, screen=screen)
    if sys.stdin.isatty() and sys.stdout.isatty():
        _type(console, history=history(settings.data_folder))
    else:
        _read(console)
    return 0


def _read(console: Console) -> None:
    """One question a line, until the end of the input."""
    for number, question in enumerate(questions(read_pieces(sys.stdin.fileno()))):
        if question.lower() in LEAVE:
            return
        if number:
            console.screen.say()
        console.answer(question)


def questions(pieces: Iterator[bytes]) -> Iterator[str]:
    """The lines of an input that have something in them, whatever its bytes are."""
    rest = b""
    for piece in pieces:
        *lines, rest = (rest + piece).replace(b"\r\n", b"\n").split(b"\n")
        yield from _decoded(lines)
        rest = rest[:LONGEST_QUESTION]
    yield from _decoded([rest])


def _decoded(lines: list[bytes]) -> Iterator[str]:
    for line in lines:
        text = line[:LONGEST_QUESTION].decode("utf-8", "backslashreplace").removeprefix("\ufeff").strip()
        if text:
            yield text


def _type(console: Console, *, history: "History") -> None:
    """Questions typed at a prompt, with line editing and history."""
    from prompt_toolkit import PromptSession

    session: PromptSession[str] = PromptSession("padlock> ", history=history)
    console.screen.say(WELCOME)
    while True:
        try:
            text = session.prompt()
        except KeyboardInterrupt:
            continue  # the line is thrown away, as in a shell
        except EOFError:
            return
        if text.strip().lower() in LEAVE:
            return
        try:
            console.answer(text)
        except KeyboardInterrupt:
            console.screen.say("Stopped.")
        console.screen.say()


def history(folder: Path) -> "History":
    """What was typed before, in a file that only its owner can read; without such a file, of this session alone."""
    from prompt_toolkit.history import FileHistory, InMemoryHistory

    class PrivateHistory(FileHistory):
        """A history that does not fail for its file's sake, and does not keep keys."""

        def store_string(self, string: str) -> None:
            if "PRIVATE KEY" in string:
                return
            try:
                # A terminal may send bytes that are no UTF-8; they arrive as lone surrogates.
                super().store_string(string.encode("utf-8", "backslashreplace").decode())
            except OSError:
                return

    path = folder / "history"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError:
        return InMemoryHistory()
    return PrivateHistory(str(path))
