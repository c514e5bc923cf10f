"""The command line: every command, its options, and help with real examples."""

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NoReturn

from bot import cert_arguments
from bot.cert_arguments import PASSWORD_VARIABLE
from bot.output import put
from bot.settings import TABLE, Setting

NETWORK = ("nameservers", "ca_file", "allow_networks", "timeout", "jobs")
CHECKS = ("dns", "tcp", "handshake", "certificate", "redirect")

_ABOUT = "Why does HTTPS not work for this host, and what do I do now?"
_EXAMPLES = """\
examples:
  padlock                                              a conversation, here in the terminal
  padlock ask "why does https not work on shop.example.com?"
  padlock check shop.example.com
  padlock check --file hosts.txt --json
  padlock cert shop.pem --host shop.example.com
"""
_ASK_EXAMPLES = """\
examples:
  padlock ask "how do I force https?"
  padlock ask "is https broken on shop.example.com?"
  padlock ask --json "NET::ERR_CERT_DATE_INVALID"
"""
_CHECK_EXAMPLES = """\
examples:
  padlock check shop.example.com
  padlock check https://shop.example.com/cart api.example.com:8443
  padlock check --file hosts.txt --json --jobs 16
  grep -v internal hosts.txt | padlock check --file -
  padlock check --checks dns,tcp shop.example.com
  padlock check --nameserver 9.9.9.9 --ca-file company-root.pem intranet.example.com

exit status:
  0 everything works (warnings included), 1 something is broken, 2 usage error or the output cannot be written,
  3 something could not be checked and nothing is broken
"""
_SLACK_EXAMPLES = """\
examples:
  SLACK_BOT_TOKEN=xoxb-… SLACK_APP_TOKEN=xapp-… padlock slack       Socket Mode
  SLACK_BOT_TOKEN=xoxb-… SLACK_SIGNING_SECRET=… padlock slack       HTTP
  padlock slack --check                                            are the settings sound?
  padlock slack --local                                            no Slack at all: a page in the browser
  padlock slack --local --listen 127.0.0.1:8080                    the same, at this address
  padlock slack forget U0123456789                                 delete what is kept of a person
"""
_KNOWLEDGE_EXAMPLES = """\
examples:
  padlock knowledge list
  PADLOCK_KNOWLEDGE=/srv/faq padlock knowledge lint
  padlock knowledge search "certificate expired on the cdn"
  padlock knowledge eval questions.jsonl
  padlock knowledge gaps --since 7
"""


class UsageError(Exception):
    """What was asked for cannot be understood; the message says how it can."""


class Parser(argparse.ArgumentParser):
    """argparse, with suggestions in place of lists, and with help that is put together only when it is read."""

    # For every argument argparse makes a formatter, and each asks a library of its own how wide the terminal is.
    _width: int | None = 80

    def __init__(self, prog: str, *, examples: str = "", table: bool = False, **keywords: Any) -> None:
        # An abbreviation in somebody's script would break with the next new option.
        super().__init__(prog, allow_abbrev=False, **keywords)
        self._examples = examples
        self._table = table

    def error(self, message: str) -> NoReturn:
        valueless = re.fullmatch(r"argument (--[a-z-]+): expected (?:one|at least one) argument", message)
        example = next((setting.example for setting in TABLE if valueless and setting.option == valueless[1]), None)
        if valueless and example:
            message = f"{valueless[1]} needs a value. A good value: {example}."
        raise UsageError(_sentence(message) + f" Help: {self.prog} --help")

    def _get_formatter(self) -> argparse.HelpFormatter:
        return argparse.RawDescriptionHelpFormatter(self.prog, width=self._width)

    def format_usage(self) -> str:
        self._width = None
        return super().format_usage()

    def format_help(self) -> str:
        self._width = None
        self.epilog = self._examples + ("\n" + settings_table() if self._table else "")
        return super().format_help()

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is not None and value not in action.choices:
            choices = [str(choice) for choice in action.choices]
            if isinstance(action, argparse._SubParsersAction) and (meant := self._meant(str(value), choices)):
                raise argparse.ArgumentError(None, f'"{shown(str(value))}" is no command; did you mean: {meant}')
            hint = nearest(str(value), choices) or f". Known: {', '.join(choices)}"
            raise argparse.ArgumentError(None, f'"{shown(str(value))}" is not known{hint}')

    def _meant(self, word: str, commands: Sequence[str]) -> str:
        """The command line that was probably meant by what stands in a command's place."""
        if self.prog != "padlock" or _nearest(word, commands):
            return ""
        if any(character.isspace() for character in word.strip()):
            return 'padlock ask "' + shown(word).replace('"', "'") + '"'
        return f"padlock check {shown(word)}" if "." in word or ":" in word else ""


class _Version(argparse.Action):
    """Prints the version; it is looked up only then."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        put(f"padlock {version('padlock')}\n", stream=sys.stdout)
        parser.exit()


class _Completion(argparse.Action):
    """Prints a completion script for a shell."""

    def __call__(self, parser: argparse.ArgumentParser, _: object, values: object, *__: object) -> None:
        import shtab

        put(shtab.complete(parser, shell=str(values)) + "\n", stream=sys.stdout)
        parser.exit()


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The command line as a namespace; what cannot be understood is a UsageError."""
    parser = build()
    if arguments[:1] == ["help"]:
        arguments = [*arguments[1:2], "--help"]
    _refuse_unknown_options(arguments, parser=parser)
    try:
        found, unknown = parser.parse_known_args(list(arguments))
    except argparse.ArgumentError as error:  # Python 3.12 raises some of them past error()
        raise UsageError(_sentence(str(error)) + " Help: padlock --help") from None
    if unknown:
        raise UsageError(_unknown(unknown, parser=_chosen(parser, found)))
    return found


def _refuse_unknown_options(arguments: Sequence[str], *, parser: Parser) -> None:
    """Name an unknown option before the command, whose value argparse would take for the command."""
    known = {name: action for action in parser._actions for name in action.option_strings}
    words = iter(arguments)
    for word in words:
        if not word.startswith("-") or word == "--":
            return
        name, equals, _ = word.partition("=")
        if name not in known:
            owner = _owner(name, parser=parser)
            if owner is not None:
                raise UsageError(f"{name} belongs to {owner.prog}: {owner.prog} {word} … Help: {owner.prog} --help")
            raise UsageError(_unknown([word], parser=parser))
        if not equals and known[name].nargs != 0:
            next(words, None)


def _owner(option: str, *, parser: Parser) -> Parser | None:
    """The first command that has this option."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                if isinstance(command, Parser) and option in command._option_string_actions:
                    return command
    return None


def overrides(found: argparse.Namespace) -> dict[str, list[str]]:
    """What was given for each setting's option, before the command and after it."""
    given: dict[str, list[str]] = {}
    for name in (*NETWORK, "listen"):
        values = (getattr(found, f"early_{name}", None) or []) + (getattr(found, name, None) or [])
        if values:
            given[name] = values
    return given


def build() -> Parser:
    """The parser of all commands."""
    parser = Parser("padlock", description=_ABOUT, examples=_EXAMPLES, table=True)
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and end")
    parser.add_argument(
        "--completion",
        action=_Completion,
        choices=("bash", "zsh"),
        metavar="SHELL",
        help="print the completion for bash or zsh and end",
    )
    _network(parser, prefix="early_")
    # Without `prog` argparse would make a formatter to find it out, and import half of a library for that.
    commands = parser.add_subparsers(
        dest="command", metavar="COMMAND", title="commands", parser_class=Parser, prog="padlock"
    )

    ask = _command(commands.add_parser, "ask", "answer one question", examples=_ASK_EXAMPLES)
    ask.add_argument("text", metavar="TEXT", nargs="+", help="the question, as you would say it")
    ask.add_argument("--json", action="store_true", help="print JSON")
    _network(ask)

    check = _command(commands.add_parser, "check", "diagnose hosts", examples=_CHECK_EXAMPLES)
    check.add_argument("targets", metavar="TARGET", nargs="*", help="a host, host:port or URL")
    check.add_argument("--file", metavar="FILE", help="read targets from a file, one a line; - is standard input")
    check.add_argument("--json", action="store_true", help="print one JSON object a target, as soon as it is done")
    check.add_argument(
        "--checks", metavar="NAMES", action="append", help="what to look at: " + ",".join(CHECKS) + " (default: all)"
    )
    _network(check)

    _network(cert_arguments.add_parser(commands))

    slack = _command(commands.add_parser, "slack", "run the Slack bot", examples=_SLACK_EXAMPLES)
    slack.add_argument("action", nargs="?", choices=("forget",), metavar="forget", help="delete what is kept of USER")
    slack.add_argument("user", nargs="?", metavar="USER", help="a Slack user's id")
    slack.add_argument("--check", action="store_true", help="say whether the settings are sound, and end")
    slack.add_argument(
        "--local",
        action="store_true",
        help="run the bot without Slack, with a page in the browser at a free port of this machine, or at --listen",
    )
    _option(slack, next(setting for setting in TABLE if setting.name == "listen"))
    _network(slack)

    knowledge = _command(commands.add_parser, "knowledge", "the knowledge base", examples=_KNOWLEDGE_EXAMPLES)
    tasks = knowledge.add_subparsers(
        dest="task", metavar="TASK", title="tasks", required=True, parser_class=Parser, prog="padlock knowledge"
    )
    _command(tasks.add_parser, "list", "list every entry")
    _command(tasks.add_parser, "lint", "say whether the files are sound")
    search = _command(tasks.add_parser, "search", "show how a text ranks")
    search.add_argument("text", metavar="TEXT", nargs="+", help="a question")
    evaluate = _command(tasks.add_parser, "eval", "measure against labelled questions")
    evaluate.add_argument("file", metavar="FILE", help="JSON Lines")
    gaps = _command(tasks.add_parser, "gaps", "list what was asked in Slack and answered not at all or not well")
    gaps.add_argument(
        "--since", metavar="DAYS", help="only what was asked in the last days (default: all that is kept)"
    )
    gaps.add_argument("--json", action="store_true", help="print one JSON object a group of questions")
    return parser


def check_names(given: Iterable[str]) -> frozenset[str]:
    """The names of --checks, or a UsageError for an unknown one."""
    names = [name.strip().lower() for text in given for name in text.split(",") if name.strip()]
    for name in names:
        if name not in CHECKS:
            hint = nearest(name, CHECKS) or ". The checks are " + ", ".join(CHECKS)
            raise UsageError(f'--checks has "{shown(name)}", which is not known{hint}')
    if not names:
        raise UsageError("--checks names no check. The checks are " + ", ".join(CHECKS))
    return frozenset(names)


def _nearest(word: str, known: Sequence[str]) -> list[str]:
    import difflib  # only a slip needs it

    return difflib.get_close_matches(word[:60].lower(), known, n=1)


def nearest(word: str, known: Iterable[str]) -> str:
    """A suggestion as the rest of a sentence, empty where nothing is near."""
    near = _nearest(word, list(known))
    return f'; did you mean "{near[0]}"?' if near else ""


def shown(text: str) -> str:
    """A word somebody typed, short and printable."""
    from bot.redaction import masked
    from diagnostics.plain_text import neutralise

    return neutralise(masked(text), limit=60)


def settings_table() -> str:
    """Every setting, for --help."""
    lines = ["settings (an option wins over the environment, lists are comma-separated):"]
    for setting in TABLE:
        lines.append(f"  {setting.variable}" + (f", {setting.option} {setting.metavar}" if setting.option else ""))
        lines.append(f"      {setting.meaning} (default: {setting.default})")
    lines += [
        f"  {PASSWORD_VARIABLE}",
        "      the password of files that `padlock cert` examines (default: it is asked for)",
    ]
    return "\n".join(lines) + "\n"


def _command(add: Callable[..., Parser], name: str, about: str, *, examples: str = "") -> Parser:
    return add(name, help=about, description=about[0].upper() + about[1:] + ".", examples=examples)


def _network(parser: Parser, *, prefix: str = "") -> None:
    group = parser.add_argument_group("network options")
    for setting in TABLE:
        if setting.name in NETWORK:
            _option(group, setting, prefix=prefix)


def _option(parser: Any, setting: Setting, *, prefix: str = "") -> None:
    parser.add_argument(
        setting.option,
        dest=prefix + setting.name,
        metavar=setting.metavar,
        action="append",
        help=f"{setting.meaning} (default: {setting.default}; environment: {setting.variable})",
    )


def _chosen(parser: Parser, found: argparse.Namespace) -> Parser:
    """The parser of the command that was chosen."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction) and found.command in action.choices:
            chosen = action.choices[found.command]
            if isinstance(chosen, Parser):
                return chosen
    return parser


def _unknown(words: Sequence[str], *, parser: Parser) -> str:
    option = next((word for word in words if word.startswith("-")), words[0])
    options = [name for action in parser._actions for name in action.option_strings]
    name = option.partition("=")[0]
    kind = "option" if option.startswith("-") else "argument"
    return (
        _sentence(f'the {kind} "{shown(name)}" is not known{nearest(name, options)}') + f" Help: {parser.prog} --help"
    )


def _sentence(text: str) -> str:
    """A message as a sentence of its own."""
    return text[:1].upper() + text[1:] + ("" if text.endswith(("?", ".")) else ".")
