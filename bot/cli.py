"""The commands and their exit status."""

import contextlib
import gc
import io
import os
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from bot.arguments import UsageError, check_names, overrides, parse, shown
from bot.output import OutputError, put
from bot.settings import SettingError, Settings

if TYPE_CHECKING:
    import argparse

    from bot.answer import Answer
    from bot.screen import Screen
    from bot.understand import Question
    from knowledge.library import Library

DONE, BROKEN, USAGE, NOT_CHECKED = 0, 1, 2, 3
FAILED = 1
# As shells report an end by a signal: 128 and its number (SIGINT 2, SIGPIPE 13).
INTERRUPTED, PIPE_CLOSED = 130, 141


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit status. Nobody sees a traceback."""
    _stand_in_for_closed_streams()
    _tolerate_any_text()
    try:
        if sys.stdout is None:
            raise OutputError("the output cannot be written: it is closed")
        try:
            status = _run(sys.argv[1:] if argv is None else argv)
        except SystemExit as ended:  # --help, --version
            status = ended.code if isinstance(ended.code, int) else DONE
        put("", stream=sys.stdout)  # argparse leaves it to others to see whether its help could be written
    except (UsageError, SettingError) as error:
        _complain(str(error))
        return USAGE
    except OutputError as error:
        _complain(str(error))
        _drop_output()
        return USAGE
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _drop_output()  # quietly: whoever read it has seen enough
        return PIPE_CLOSED
    except Exception as error:
        _complain(f"Padlock itself failed ({type(error).__name__}). {_keep_traceback()}")
        return FAILED
    return status


def _run(argv: Sequence[str]) -> int:
    found = parse(argv)
    settings = Settings.read(os.environ, overrides(found))
    match found.command:
        case "ask":
            return _ask(found, settings)
        case "check":
            return _check(found, settings)
        case "cert":
            from bot import cert

            return cert.run(found, settings)
        case "slack":
            return _slack(found, settings)
        case "knowledge":
            return _knowledge(found, settings)
        case _:
            from bot import console

            return console.run(settings=settings, library=_library(settings), environment=os.environ)


def _ask(found: "argparse.Namespace", settings: Settings) -> int:
    with _uncollected():
        from bot.answer import answer_from_knowledge, asks_to_look
        from bot.redaction import masked
        from bot.screen import Screen
        from bot.understand import understand

        library, text = _library(settings), masked(" ".join(found.text))
        screen = Screen(sys.stdout, environment=os.environ)
        question = understand(text)
        answer = None
        if not asks_to_look(question):
            answer = answer_from_knowledge(question, text=text, library=library)
    if answer is None:
        answer = _look(question, text=text, library=library, settings=settings, screen=None if found.json else screen)
    if found.json:
        from bot.render.json import answer_object, dumps

        put(dumps(answer_object(answer)) + "\n", stream=sys.stdout)
    else:
        screen.show(answer)
    return DONE


def _look(
    question: "Question", *, text: str, library: "Library", settings: Settings, screen: "Screen | None"
) -> "Answer":
    """The answer to a question that names hosts, with its progress on the screen."""
    import asyncio  # late, like all that only a look at hosts needs

    from bot.answer import answer_question
    from bot.screen import Live

    with contextlib.nullcontext() if screen is None else Live(screen) as progress:
        return asyncio.run(
            answer_question(question, text=text, library=library, options=settings.options(), progress=progress)
        )


def _check(found: "argparse.Namespace", settings: Settings) -> int:
    if not found.targets and found.file is None:
        raise UsageError("check needs a host to check, such as padlock check shop.example.com, or --file FILE")
    with _uncollected():
        from bot.check_command import run

    verdicts = run(
        targets=found.targets,
        file=found.file,
        checks=check_names(found.checks) if found.checks else None,
        as_json=found.json,
        settings=settings,
        find=lambda article_id: _library(settings).get(article_id),  # a host without a fault needs no article
    )
    if not verdicts:
        source = "standard input" if found.file == "-" else shown(found.file)
        raise UsageError(
            f"{source} names no host; write one a line"
        )  # nothing was checked, which must not look like "all is well"
    if "broken" in verdicts:
        return BROKEN
    return NOT_CHECKED if "not_checked" in verdicts else DONE


def _knowledge(found: "argparse.Namespace", settings: Settings) -> int:
    from bot import knowledge_commands as knowledge

    library = _library(settings)
    match found.task:
        case "list":
            return knowledge.list_entries(library)
        case "lint":
            return knowledge.lint(library)
        case "search":
            return knowledge.search(library, " ".join(found.text))
        case "gaps":
            import time

            return knowledge.gaps(library, settings=settings, since=found.since, as_json=found.json, now=time.time())
        case _:
            return knowledge.evaluate(library, found.file)


def _slack(found: "argparse.Namespace", settings: Settings) -> int:
    if found.action == "forget" and not found.user:
        raise UsageError("slack forget needs the id of a Slack user, such as padlock slack forget U0123456789")
    if found.local:
        if found.action or found.check:
            raise UsageError("--local runs the bot by itself: padlock slack --local")
        from bot.slack.local import run as local

        keep = bool(os.environ.get("PADLOCK_DATABASE", "").strip())
        return local.run(settings, at=settings.listen if found.listen else None, keep=keep)
    from bot.slack import run as slack

    if found.action == "forget":
        return slack.forget(settings, found.user)
    return slack.run(settings, check=found.check)


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Keep the garbage collector out of what is read once and stays: looking it through costs up to 40 ms in all."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@cache
def _library(settings: Settings) -> "Library":
    """The shipped knowledge and the operator's folders."""
    from knowledge.library import SHIPPED, Library

    return Library.load(*SHIPPED, *settings.knowledge)


def _tolerate_any_text() -> None:
    """Let nothing that is printed fail for the terminal's encoding."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _stand_in_for_closed_streams() -> None:
    """Read nothing from a closed standard input, and complain into nothing; else a file would get their numbers."""
    if sys.stdin is None:
        sys.stdin = open(os.open(os.devnull, os.O_RDONLY), closefd=False)  # noqa: SIM115 (until the end)
    if sys.stderr is None and sys.stdout is not None:
        sys.stderr = open(os.open(os.devnull, os.O_WRONLY), "w", closefd=False)  # noqa: SIM115 (until the end)


def _complain(message: str) -> None:
    with contextlib.suppress(OSError, AttributeError):  # a closed one is None
        sys.stderr.write(f"padlock: {message}\n")


def _drop_output() -> None:
    """Let what is left in the buffer go nowhere; else Python tries once more at its end, and says so."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _keep_traceback() -> str:
    """Write the current exception's traceback where its reporter finds it; a sentence that says where."""
    import traceback

    from bot.settings import data_folder

    path = data_folder(os.environ) / "error.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        path.write_text(traceback.format_exc(), encoding="utf-8", errors="backslashreplace")
    except OSError:
        return "Please report what you did."
    return f"Please report it, with the file {path}."
