"""Log lines hold no secrets."""

import json
import logging
import sys

import pytest

from bot.logs import JsonFormatter, TextFormatter


def record(message: str, *arguments: object) -> logging.LogRecord:
    return logging.LogRecord("bot.slack", logging.WARNING, "file.py", 1, message, arguments, None)


@pytest.mark.parametrize(
    ("said", "logged"),
    [
        ("token xoxb-1234-abcd-EFGH refused", "token [secret] refused"),
        ("token xoxe.xoxp-1-Abc refused", "token [secret] refused"),
        ("token xapp-1-A0-123-abc.", "token [secret]"),
        ("wss://wss.slack.com/link/?ticket=abc-123&app_id=A0", "wss://wss.slack.com/link/?ticket=[secret]&app_id=A0"),
        ("postgresql://padlock:secret@db/padlock", "postgresql://[secret]db/padlock"),
        ("nothing secret: box-1, taxbox-office, a@example.com", "nothing secret: box-1, taxbox-office, a@example.com"),
    ],
)
def test_a_secret_is_not_logged_and_the_rest_is(said: str, logged: str) -> None:
    assert TextFormatter().format(record(said)).endswith(f"WARNING bot.slack: {logged}")
    assert json.loads(JsonFormatter().format(record(said)))["message"] == logged


def test_a_line_of_json_is_one_object_whatever_is_in_it() -> None:
    line = JsonFormatter().format(record("a\nb \u202e %s", "c"))
    assert "\n" not in line
    found = json.loads(line)
    assert (found["level"], found["logger"], found["message"]) == ("warning", "bot.slack", "a\nb \u202e c")


def test_a_traceback_is_part_of_the_object() -> None:
    try:
        raise ValueError("xoxb-secret-1")
    except ValueError:
        failed = logging.LogRecord("bot", logging.ERROR, "f", 1, "failed", (), sys.exc_info())
    found = json.loads(JsonFormatter().format(failed))
    assert "ValueError: [secret]" in found["traceback"]
