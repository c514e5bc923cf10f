"""The console in a real terminal: keys go in at one end, and what a person sees comes out."""

import os
import pty
import re
import select
import signal
import stat
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.console import questions
from tests.lab.hosts import Lab
from tests.lab.tcp import Stream

SECONDS = 20.0  # for an answer to appear; it takes a fraction of one
PROMPT = "padlock>"
CONTROLS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]")
CTRL_C, CTRL_D, UP, ENTER, LEFT = b"\x03", b"\x04", b"\x1b[A", b"\r", b"\x1b[D"


class Terminal:
    """`padlock` at the other end of a pseudo-terminal."""

    def __init__(self, folder: Path, *arguments: str, environment: dict[str, str] | None = None) -> None:
        self.raw = ""
        self.pid, self._descriptor = pty.fork()
        if self.pid == 0:  # pragma: no cover
            os.execve(
                sys.executable,
                [sys.executable, "-m", "bot", *arguments],
                {
                    "HOME": str(folder),
                    "PATH": os.environ["PATH"],
                    "PYTHONPATH": str(Path(__file__).parents[2]),
                    "TERM": "xterm",
                    "PROMPT_TOOLKIT_NO_CPR": "1",  # there is nobody to say where the cursor is
                    **(environment or {}),
                },
            )
        self.status: int | None = None
        self._waited = 0

    @property
    def text(self) -> str:
        """Everything that was shown, without colours and movements."""
        return CONTROLS.sub("", self.raw).replace("\r", "")

    def press(self, keys: bytes) -> None:
        os.write(self._descriptor, keys)

    def wait_for(self, text: str) -> str:
        """Read until the text comes up after what was last waited for; what came up until then."""
        start, end = self._waited, time.monotonic() + SECONDS
        while text not in self.text[start:]:
            assert self._read(end), f"{text!r} did not come up in:\n{self.text[start:]}"
        self._waited = self.text.index(text, start) + len(text)
        return self.text[start : self._waited]

    def wait_for_end(self) -> int:
        end = time.monotonic() + SECONDS
        while self._read(end):
            pass
        _, status = os.waitpid(self.pid, 0)
        self.status = os.waitstatus_to_exitcode(status)
        return self.status

    def close(self) -> None:
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self._descriptor)

    def _read(self, end: float) -> bool:
        """Read what has come up; false at the end of the program or of the time."""
        ready, _, _ = select.select([self._descriptor], [], [], max(end - time.monotonic(), 0))
        try:
            piece = os.read(self._descriptor, 65_536) if ready else b""
        except OSError:  # Linux says so when the other end is closed
            piece = b""
        self.raw += piece.decode("utf-8", "replace")
        return bool(piece)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    terminal = Terminal(tmp_path)
    terminal.wait_for(PROMPT)
    yield terminal
    terminal.close()


def test_a_question_is_answered_and_the_next_one_awaited(terminal: Terminal) -> None:
    terminal.press(b"what is https?" + ENTER)
    terminal.wait_for("Hypertext Transfer Protocol Secure")
    terminal.wait_for(PROMPT)


def test_an_empty_line_shows_help(terminal: Terminal) -> None:
    terminal.press(ENTER)
    assert "check shop.example.com" in terminal.wait_for("and www?")


def test_ctrl_d_leaves(terminal: Terminal) -> None:
    terminal.press(CTRL_D)
    assert terminal.wait_for_end() == 0


@pytest.mark.parametrize("word", [b"exit", b"quit", b" QUIT "])
def test_exit_leaves(terminal: Terminal, word: bytes) -> None:
    terminal.press(word + ENTER)
    assert terminal.wait_for_end() == 0


def test_ctrl_c_throws_the_line_away_and_goes_on(terminal: Terminal) -> None:
    terminal.press(b"what is lunch")
    terminal.wait_for("lunch")
    terminal.press(CTRL_C)
    terminal.wait_for(PROMPT)
    terminal.press(b"what is https?" + ENTER)
    assert "Hypertext Transfer Protocol Secure" in terminal.wait_for("From:")


def test_a_line_can_be_edited(terminal: Terminal) -> None:
    terminal.press(b"what is htps?" + LEFT * 3 + b"t" + ENTER)
    assert "Hypertext Transfer Protocol Secure" in terminal.wait_for("From:")


def test_the_line_before_comes_back_in_the_next_session(tmp_path: Path) -> None:
    first = Terminal(tmp_path)
    first.wait_for(PROMPT)
    first.press(b"what is https?" + ENTER)
    first.wait_for("From:")
    first.press(b"-----BEGIN PRIVATE KEY-----" + ENTER)
    first.wait_for("private key.")
    first.wait_for(PROMPT)
    first.press(CTRL_D)
    assert first.wait_for_end() == 0
    first.close()
    kept = tmp_path / ".local" / "share" / "padlock" / "history"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert "PRIVATE KEY" not in kept.read_text()

    second = Terminal(tmp_path)
    second.wait_for(PROMPT)
    second.press(UP)
    second.wait_for("what is https?")
    second.press(ENTER)
    assert "Hypertext Transfer Protocol Secure" in second.wait_for("From:")
    second.close()


def test_what_is_secret_is_in_no_history(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    terminal.wait_for(PROMPT)
    terminal.press(b"don't check https://me:hidden@shop.example.com/" + ENTER)
    terminal.wait_for("I have not looked at it.")
    terminal.wait_for(PROMPT)
    terminal.press(b"-----BEGIN RSA PRIVATE KEY-----" + ENTER)
    terminal.wait_for("private key.")
    terminal.wait_for(PROMPT)
    for line in (b"MIIhidden", b"hidden+too==", b"-----END RSA PRIVATE KEY-----"):
        terminal.press(line + ENTER)
        shown = terminal.wait_for(PROMPT)
        assert "know" not in shown
        assert "private key." not in shown
    terminal.press(b"what is https?" + ENTER)
    terminal.wait_for("From:")
    terminal.wait_for(PROMPT)
    terminal.press(CTRL_D)
    assert terminal.wait_for_end() == 0
    terminal.close()
    kept = (tmp_path / ".local" / "share" / "padlock" / "history").read_text()
    assert [line[1:] for line in kept.splitlines() if line.startswith("+")] == [
        "don't check https://shop.example.com/",
        "what is https?",
    ]


@pytest.mark.parametrize("keys", [b"\x1b[31mx", b"\x1b[<1mx", b"\x1b[200~\x1b[2J\x1b[201~", b"\xff\x9b31m\x1bOX"])
def test_raw_controls_do_no_harm(terminal: Terminal, keys: bytes) -> None:
    terminal.press(keys + ENTER)
    terminal.wait_for(PROMPT)
    terminal.press(b"what is https?" + ENTER)
    terminal.wait_for("Hypertext Transfer Protocol Secure")
    assert "Unhandled exception" not in terminal.text


def test_without_a_place_for_the_history_it_still_answers(tmp_path: Path) -> None:
    (tmp_path / ".local").write_text("a file where a folder would have to be")
    terminal = Terminal(tmp_path)
    terminal.wait_for(PROMPT)
    terminal.press(b"what is https?" + ENTER)
    terminal.wait_for("From:")
    terminal.close()


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    async def silent(stream: Stream) -> None:
        while await stream.read():
            pass

    with Lab() as lab:
        lab.site("shop.example.com")
        lab.site("silent.example.com", https=silent)
        yield lab


def in_lab(folder: Path, lab: Lab, **environment: str) -> Terminal:
    check = lab.check("")
    terminal = Terminal(folder, *check.arguments[1:], environment={**check.environment, **environment})
    terminal.wait_for(PROMPT)
    return terminal


def test_the_checks_appear_as_they_end_and_the_answer_takes_their_place(tmp_path: Path, lab: Lab) -> None:
    terminal = in_lab(tmp_path, lab)
    terminal.press(f"check {lab.target('shop.example.com')}".encode() + ENTER)
    shown = terminal.wait_for("Looked from")
    live, _, answer = shown.partition("[WORKS")
    assert "Looking at" in live
    assert "Certificate" in live
    assert "Certificate" in answer
    # Up to the first of the live lines, and the rest of the screen cleared.
    assert re.search(r"\x1b\[\d+A\x1b\[J", terminal.raw)
    assert "\x1b[1;32m" in terminal.raw or "\x1b[1;33m" in terminal.raw
    terminal.close()


def test_no_color_is_respected(tmp_path: Path, lab: Lab) -> None:
    terminal = in_lab(tmp_path, lab, NO_COLOR="1")
    terminal.press(f"check {lab.target('shop.example.com')}".encode() + ENTER)
    terminal.wait_for("Looked from")
    assert not re.search(r"\x1b\[1;3[123]m", terminal.raw)
    terminal.close()


def test_follow_ups_are_understood(tmp_path: Path, lab: Lab) -> None:
    terminal = in_lab(tmp_path, lab)
    terminal.press(f"check {lab.target('shop.example.com')}".encode() + ENTER)
    terminal.wait_for("Looked from")
    terminal.press(b"check again" + ENTER)
    terminal.wait_for("Looked from")
    terminal.press(b"details" + ENTER)
    assert "SHA-256" in terminal.wait_for("Looked from")
    terminal.press(b"and www?" + ENTER)
    assert "www.shop.example.com" in terminal.wait_for("Looked from")
    terminal.close()


def test_ctrl_c_stops_a_diagnosis_and_goes_on(tmp_path: Path, lab: Lab) -> None:
    terminal = in_lab(tmp_path, lab, PADLOCK_TIMEOUT="600")
    terminal.press(f"check {lab.target('silent.example.com')}".encode() + ENTER)
    terminal.wait_for("Connection")
    terminal.press(CTRL_C)
    terminal.wait_for("Stopped.")
    terminal.press(b"check again" + ENTER)
    terminal.wait_for("Looking at silent.example.com")
    terminal.press(CTRL_C)
    terminal.wait_for("Stopped.")
    terminal.press(b"what is https?" + ENTER)
    assert "Hypertext Transfer Protocol Secure" in terminal.wait_for("From:")
    terminal.close()


LINES = [
    # bytes, questions, what it is
    (b"a\nb\n", ["a", "b"], "lines"),
    (b"a\r\n\r\nb", ["a", "b"], "line ends of Windows, and a blank line"),
    (b"\xef\xbb\xbfa\n", ["a"], "a byte order mark"),
    (b"\xff\n", ["\\xff"], "no UTF-8"),
    (b"", [], "nothing"),
]


@pytest.mark.parametrize(("content", "found", "what"), LINES)
def test_an_input_is_read_line_by_line(content: bytes, found: list[str], what: str) -> None:
    assert list(questions(iter([content]))) == found, what
    assert list(questions(content[place : place + 1] for place in range(len(content)))) == found, what


def test_of_an_endless_line_the_beginning_is_kept() -> None:
    assert [len(text) for text in questions(iter([b"x" * 600_000] * 10))] == [1_000_000]
