"""The manifest asks for what the listeners and calls need, and for nothing else."""

import re
from pathlib import Path

import bot.slack
from bot.render.slack_home import EXAMPLES
from bot.slack.listeners import LISTENERS
from bot.slack.listeners.command import COMMANDS
from bot.slack.listeners.shortcut import SHORTCUTS
from bot.slack.local.web_api import METHODS
from bot.slack.scopes import ALL

FOLDER = Path(bot.slack.__file__).parent


def entries(text: str, heading: str) -> list[str]:
    """The items of a list in the manifest; a YAML library is no dependency of ours for four lists."""
    found = re.search(rf"^( *){heading}:\n((?:\1 +- .*\n)+)", text, re.MULTILINE)
    assert found, heading
    return [item.split("#")[0].strip() for item in re.findall(r"- (.*)", found[2])]


MANIFEST = (FOLDER / "manifest.yaml").read_text()

# Slack's documentation of the events and of what each needs.
EVENT_SCOPES = {
    "app_home_opened": None,
    "app_mention": "app_mentions:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
}

# What is fetched from a file's address, which is no method.
FILES_SCOPE = "files:read"
FAMILIES = ("assistant_threads", "chat", "conversations", "files", "reactions", "users", "views")


def test_every_event_has_a_listener_and_every_listener_its_events() -> None:
    listened = [event for listener in LISTENERS for event in getattr(listener, "EVENTS", ())]
    assert sorted(entries(MANIFEST, "bot_events")) == sorted(listened)


def test_every_command_has_a_listener() -> None:
    assert re.findall(r"- command: (\S+)", MANIFEST) == list(COMMANDS)


def test_every_shortcut_has_a_listener() -> None:
    assert re.findall(r"callback_id: (\S+)", MANIFEST) == list(SHORTCUTS)


def test_buttons_and_the_home_tab_are_switched_on() -> None:
    assert re.search(r"interactivity:\n +is_enabled: true", MANIFEST)
    assert "home_tab_enabled: true" in MANIFEST
    assert "messages_tab_read_only_enabled: false" in MANIFEST


def test_the_app_is_an_agent_and_suggests_what_the_home_tab_does() -> None:
    assert "assistant_view" not in MANIFEST
    description = re.search(r"agent_description: (.*)", MANIFEST)
    assert description
    assert len(description[1]) <= 300
    suggested = re.findall(r"- title: .*\n +message: (.*)", MANIFEST)
    assert 1 <= len(suggested) <= 4
    assert set(suggested) <= set(EXAMPLES)


def test_the_scopes_are_those_that_the_bot_checks_for() -> None:
    assert set(entries(MANIFEST, "bot")) == ALL


def test_the_scopes_are_the_least_that_events_commands_and_calls_need() -> None:
    called = {
        ".".join(name.rsplit("_", 1)).replace("assistant_", "assistant.")
        for path in [*FOLDER.glob("*.py"), *FOLDER.glob("presses/*.py")]
        for name in re.findall(rf"\.((?:{'|'.join(FAMILIES)})_\w+)\(", path.read_text())
    }
    methods = {METHODS[name].scopes for name in called}
    scopes = {scope for event in entries(MANIFEST, "bot_events") if (scope := EVENT_SCOPES[event])}
    scopes |= {"commands", FILES_SCOPE}
    for alternatives in methods:
        if alternatives and not scopes.intersection(alternatives):
            assert len(alternatives) == 1
            scopes |= set(alternatives)
    assert called >= {"chat.postMessage", "views.publish", "assistant.threads.setSuggestedPrompts"}
    assert scopes == ALL


def test_every_listener_has_its_own_file() -> None:
    files = {path.stem for path in (FOLDER / "listeners").glob("*.py")} - {"__init__"}
    assert files == {listener.__name__.rpartition(".")[2] for listener in LISTENERS}
