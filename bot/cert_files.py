"""Reads the files that `padlock cert` is given, with the passwords that open them."""

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from bot.arguments import UsageError, shown
from bot.cert_arguments import PASSWORD_VARIABLE

if TYPE_CHECKING:
    from diagnostics.files import FileContents

PASSWORD_OPTION = "--password-file"  # noqa: S105 (its name)
STANDARD_INPUT = "-"
PASTED = "standard input"  # what it is called in the report
# How often a password is asked for before it is plain that nobody knows it.
MOST_TRIES = 3
LONGEST_PASSWORD_FILE = 64 * 1024

AskPassword = Callable[[str], str | None]


class Passwords:
    """The password that was given, else the answer of whoever sits at the terminal."""

    def __init__(self, file: str | None, *, environment: Mapping[str, str], ask: AskPassword) -> None:
        self._given = environment.get(PASSWORD_VARIABLE)
        self._source = PASSWORD_VARIABLE
        self._ask = ask
        if file is not None:
            lines = _content(file, what=f'{PASSWORD_OPTION} has "{shown(file)}", which', most=LONGEST_PASSWORD_FILE)
            first = lines.splitlines()[0] if lines else b""
            self._given = first.decode("utf-8", errors="replace")
            self._source = PASSWORD_OPTION
        if self._given is not None:
            _refuse_nul(self._given, source=self._source)

    def read(self, name: str) -> "FileContents":
        """What a file holds (`-` is standard input); a UsageError where it cannot be read or no password opens it."""
        from diagnostics.files import MAX_BYTES

        data = _content(name, what=f'"{shown(name)}"', most=MAX_BYTES + 1)
        return self._open(data, PASTED if name == STANDARD_INPUT else name)

    def _open(self, data: bytes, name: str) -> "FileContents":
        from diagnostics.files import read_file
        from diagnostics.keys import Locked

        found = read_file(data, name=name)
        if found.locked is Locked.NEEDS_PASSWORD and self._given is not None:
            found = read_file(data, name=name, password=self._given)
            if found.locked is Locked.WRONG_PASSWORD:
                raise UsageError(f"{shown(name)} cannot be opened: the password in {self._source} is wrong")
        tries = 0
        while found.locked in (Locked.NEEDS_PASSWORD, Locked.WRONG_PASSWORD):
            again = "Wrong. " if found.locked is Locked.WRONG_PASSWORD else ""
            password = self._ask(f"{again}Password of {shown(name)}: ") if tries < MOST_TRIES else None
            if password is None:
                raise UsageError(
                    f"{shown(name)} cannot be opened: the password is wrong"
                    if tries
                    else f"{shown(name)} is protected with a password. Give it with {PASSWORD_OPTION} FILE, or in "
                    f"{PASSWORD_VARIABLE}"
                )
            _refuse_nul(password, source="the answer")
            tries += 1
            found = read_file(data, name=name, password=password)
        if found.locked is Locked.TOO_SLOW:
            raise UsageError(f"{shown(name)} {found.locked.value}, so it was not opened")
        return found


def _refuse_nul(password: str, *, source: str) -> None:
    """No tool makes a password with a NUL in it, so the file is another one, or in UTF-16."""
    if "\0" in password:
        raise UsageError(f"the password in {source} has a NUL byte in it. Save it as plain text in UTF-8")


def ask_at_terminal(prompt: str) -> str | None:
    """Ask whoever sits at the terminal, without showing what is typed; None where nobody does."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return None
    import getpass

    try:
        return getpass.getpass(prompt, stream=sys.stderr)
    except EOFError:
        return None


def _content(name: str, *, what: str, most: int) -> bytes:
    """The beginning of a file; a UsageError where it cannot be read."""
    try:
        if name == STANDARD_INPUT:
            return sys.stdin.buffer.read(most)
        with Path(name).open("rb") as file:
            return file.read(most)
    except (OSError, ValueError) as error:
        why = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else "not a file name"
        raise UsageError(f"{what} cannot be read: {why[0].lower() + why[1:]}") from None
