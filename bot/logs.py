"""Log lines as text or JSON, without tokens."""

import json
import logging
import re
import time

LONGEST_LINE = 4_000
# Slack's tokens, and the one-time tickets in the addresses of its sockets.
_SECRETS = re.compile(r"\bx(?:ox[a-z]|app)(?:\.[a-z]+)?-[\w.-]+|(?<=[?&]ticket=)[^&\s'\")]+|(?<=://)[^\s/@]+@")


class TextFormatter(logging.Formatter):
    """One line for people."""

    converter = time.gmtime  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%SZ")

    def format(self, record: logging.LogRecord) -> str:
        """The record without secrets and with nothing hidden in it; what is not its first line is set in."""
        return without_secrets("\n    ".join(map(_line, super().format(record).split("\n"))))


class JsonFormatter(logging.Formatter):
    """One object a line, for machines."""

    converter = time.gmtime  # type: ignore[assignment]

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON, without secrets."""
        fields = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%SZ"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            fields["traceback"] = self.formatException(record.exc_info)
        return without_secrets(json.dumps(fields, ensure_ascii=True))


def _line(text: str) -> str:
    """A text from outside on one line."""
    from diagnostics.plain_text import neutralise

    return neutralise(text, limit=LONGEST_LINE)


def without_secrets(text: str) -> str:
    """The text with every token and ticket replaced."""
    return _SECRETS.sub("[secret]", text)


def _without_traceback(record: logging.LogRecord) -> bool:
    """Slack's client shows fifty lines for a socket that was closed, which it mends by itself."""
    record.exc_info = None
    return True


def set_up(form: str) -> None:
    """Log to standard error from now on, `form` being `text` or `json`."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter() if form == "json" else TextFormatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("bot").setLevel(logging.INFO)
    # Bolt warns of what is as it should be, such as a token in the environment.
    logging.getLogger("bot.slack.bolt").setLevel(logging.ERROR)
    logging.getLogger("bot.slack.sdk").setLevel(logging.WARNING)
    logging.getLogger("bot.slack.sdk").addFilter(_without_traceback)
