"""The local console: the conversation in a terminal, or one question a line from a pipe."""

import asyncio
import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from bot import wording
from bot.answer import Answer, AnswerKind
from bot.batch import read_pieces
from bot.conversation import Conversation, reply
from bot.redaction import begins_key, leaves_key_open, masked
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
        self._in_key = False

    @property
    def in_key(self) -> bool:
        """Whether a private key is being typed, so that what comes next is passed over."""
        return self._in_key

    def is_key(self, text: str) -> bool:
        """Whether a line holds a private key, or a part of one that is being typed."""
        return self._in_key or begins_key(text)

    def leave_key(self) -> None:
        """No more of a private key is to come."""
        self._in_key = False

    def answer(self, text: str) -> None:
        """Answer one message; of a private key that comes line by line, the first line alone."""
        inside = self._in_key
        self._in_key = leaves_key_open(text, inside=inside)
        if inside and not begins_key(text):
            return
        text = masked(text)
        if not text.strip():
            self.screen.show(Answer(question=text, kind=AnswerKind.SMALLTALK, note=wording.HELP))
            return
        if self._library.stale():
            self._library = self._library.reload()
        try:
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
        except KeyboardInterrupt:
            asked = self._conversation.interrupted(text)
            if asked != self._conversation:
                self._conversation, self._last = asked, None
            raise
        self._conversation = found.conversation
        if found.answer.reports:
            self._last = found.answer
        self.screen.show(found.answer, details=found.details)
        if self._in_key:
            self.screen.say(wording.KEY_GOES_ON)


def run(*, settings: "Settings", library: "Library", environment: Mapping[str, str]) -> int:
    """Hold the conversation until its end; the exit status."""
    screen = Screen(sys.stdout, environment=environment)
    console = Console(library=library, settings=settings, screen=screen)
    if sys.stdin.isatty() and sys.stdout.isatty():
        _type(console, history=history(settings.data_folder, is_key=console.is_key))
    else:
        _read(console)
    return 0


def _read(console: Console) -> None:
    """One question a line, until the end of the input."""
    for number, question in enumerate(questions(read_pieces(sys.stdin.fileno()))):
        if question.lower() in LEAVE:
            return
        if number and not console.in_key:
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
    from prompt_toolkit.key_binding import KeyBindings
    from prompt_toolkit.keys import Keys

    keys = KeyBindings()
    # A pasted colour code looks like a move of the mouse, and prompt_toolkit's own handler fails at it.
    keys.add(Keys.Vt100MouseEvent)(lambda _: None)
    session: PromptSession[str] = PromptSession("padlock> ", history=history, key_bindings=keys)
    console.screen.say(WELCOME)
    while True:
        try:
            text = session.prompt()
        except KeyboardInterrupt:
            console.leave_key()
            continue  # the line is thrown away, as in a shell
        except EOFError:
            return
        if text.strip().lower() in LEAVE:
            return
        try:
            console.answer(text)
        except KeyboardInterrupt:
            console.screen.say("Stopped.")
        if not console.in_key:
            console.screen.say()


def history(folder: Path, *, is_key: Callable[[str], bool]) -> "History":
    """What was typed before, in a file that only its owner can read; without such a file, of this session alone."""
    from prompt_toolkit.history import FileHistory, InMemoryHistory

    class SessionHistory(InMemoryHistory):
        """A history without keys and passwords."""

        def append_string(self, string: str) -> None:
            if not is_key(string):
                super().append_string(masked(string))

    class PrivateHistory(FileHistory):
        """The same in a file, for whose sake it does not fail."""

        def append_string(self, string: str) -> None:
            if not is_key(string):
                super().append_string(masked(string))

        def store_string(self, string: str) -> None:
            with contextlib.suppress(OSError):
                # A terminal may send bytes that are no UTF-8; they arrive as lone surrogates.
                super().store_string(string.encode("utf-8", "backslashreplace").decode())

    path = folder / "history"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError:
        return SessionHistory()
    return PrivateHistory(str(path))
