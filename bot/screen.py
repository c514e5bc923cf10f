"""The terminal, or what stands in for it: its width, its colours, and lines that can be taken back."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, TextIO

from bot.answer import Answer, Progress
from bot.output import put
from bot.render.terminal import WIDTH, render, render_check
from diagnostics.plain_text import neutralise

if TYPE_CHECKING:
    from bot.report import Report
    from diagnostics.judge import Check

# Narrower than this no table can be read, and a terminal that says so is mistaken.
NARROWEST = 20
LOOKING = "Looking at "


class Screen:
    """Where answers go: how wide it is, and whether it shows colours and can take lines back."""

    def __init__(self, stream: TextIO, *, environment: Mapping[str, str]) -> None:
        self.stream = stream
        terminal = stream.isatty()
        able = terminal and environment.get("TERM", "") != "dumb"
        self.colour = able and not environment.get("NO_COLOR")  # no-color.org: any value but the empty one
        self.live = able
        self.width = min(max(_window().columns, NARROWEST), WIDTH) if terminal else WIDTH

    def text(self, shown: "Answer | Report", *, details: bool = False) -> str:
        """An answer or a report as it is shown here."""
        return render(shown, width=self.width, colour=self.colour, details=details)

    def show(self, answer: Answer, *, details: bool = False) -> None:
        """Print an answer."""
        self.say(self.text(answer, details=details))

    def say(self, text: str = "") -> None:
        """Print a line, or several."""
        put(text + "\n", stream=self.stream)


def _window() -> os.terminal_size:
    """The size of the terminal's window, 80 by 24 where there is none."""
    import shutil  # late: a pipe has no window

    return shutil.get_terminal_size()


class Live:
    """The checks as they end, below each other, until the answer takes their place."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._lines = 0
        self._target: str | None = None
        self._most = 1

    def __enter__(self) -> Progress | None:
        if not self._screen.live:
            return None
        # What has scrolled out of the window cannot be taken back.
        self._most = max(_window().lines - 2, 1)
        self._print("One moment.")
        return self._note

    def __exit__(self, *_: object) -> None:
        self._clear()

    def _note(self, target: str, check: "Check") -> None:
        if target != self._target:
            self._target = target
            # A wide character takes two columns, and a line that is broken in two could not be taken back.
            room = (self._screen.width - len(LOOKING)) // (1 if target.isascii() else 2)
            self._print(LOOKING + neutralise(target, limit=room))
        self._print(render_check(check, width=self._screen.width, colour=self._screen.colour))

    def _print(self, line: str) -> None:
        if self._lines >= self._most:
            self._clear()
        self._screen.say(line)
        self._lines += 1

    def _clear(self) -> None:
        if self._lines:
            # Up to the first of the lines, and clear from there to the end of the screen (ECMA-48 §8.3.22, §8.3.39).
            put(f"\r\x1b[{self._lines}A\x1b[J", stream=self._screen.stream)
        self._lines = 0
