"""The manifest asks for what the listeners and calls need, and for nothing else."""

import re
from pathlib import Path

import bot.slack
from bot.slack.listeners import LISTENERS
from bot.slack.listeners.command import COMMANDS
from bot.slack.local.web_api import METHODS
from bot.slack.scopes import NEEDED

FOLDER = Path(bot.slack.__file__).parent


def entries(text: str, heading: str) -> list[str]:
    """The items of a list in the manifest; a YAML library is no dependency of ours for four lists."""
    found = re.search(rf"^( *){heading}:\n((?:\1 +- .*\n)+)", text, re.MULTILINE)
    assert found, heading
    return [item.split("#")[0].strip() for item in re.findall(r"- (.*)", found[2])]


MANIFEST = (FOLDER / "manifest.yaml").read_text()

# Slack's documentation of the events and of what each needs.
EVENT_SCOPES = {
    "app_mention": "app_mentions:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
}


def test_every_event_has_a_listener_and_every_listener_its_events() -> None:
    listened = [event for listener in LISTENERS for event in getattr(listener, "EVENTS", ())]
    assert sorted(entries(MANIFEST, "bot_events")) == sorted(listened)


def test_every_command_has_a_listener() -> None:
    assert re.findall(r"- command: (\S+)", MANIFEST) == list(COMMANDS)


def test_the_scopes_are_those_that_the_bot_checks_for() -> None:
    assert set(entries(MANIFEST, "bot")) == NEEDED


def test_the_scopes_are_the_least_that_events_commands_and_calls_need() -> None:
    called = {
        name
        for path in FOLDER.glob("*.py")
        for name in re.findall(r"\.(chat_\w+|conversations_\w+|reactions_\w+)\(", path.read_text())
    }
    methods = {METHODS[name.replace("_", ".", 1)].scopes for name in called}
    scopes = {EVENT_SCOPES[event] for event in entries(MANIFEST, "bot_events")} | {"commands"}
    for alternatives in methods:
        if not scopes.intersection(alternatives):
            assert len(alternatives) == 1
            scopes |= set(alternatives)
    assert called
    assert scopes == NEEDED


def test_every_listener_has_its_own_file() -> None:
    files = {path.stem for path in (FOLDER / "listeners").glob("*.py")} - {"__init__"}
    assert files == {listener.__name__.rpartition(".")[2] for listener in LISTENERS}
