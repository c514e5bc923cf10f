"""Every setting: its option, its variable and what it means, read once into one frozen object."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from bot import setting_values
from bot.setting_values import Address

if TYPE_CHECKING:
    from diagnostics.options import Options

# A bad value is shown so that it can be recognised, not in full.
SHOWN_CHARACTERS = 60


class SettingError(ValueError):
    """A setting that cannot be used; the message names it, its value and a good one."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table of settings.

    `name` is the field of `Settings`; `parse` turns the text into its value or raises ValueError with the second half
    of a sentence ("which is …"); `secret` keeps the value out of every message; `several` allows commas and repetition.
    """

    name: str
    variable: str
    meaning: str
    default: str
    example: str
    parse: Callable[[str], object]
    option: str | None = None
    metavar: str = ""
    several: bool = False
    secret: bool = False


TABLE: tuple[Setting, ...] = (
    Setting(
        "nameservers",
        "PADLOCK_NAMESERVERS",
        "DNS servers to ask",
        "the system's",
        "9.9.9.9, 192.0.2.53:5353 or [2001:db8::53]:53",
        setting_values.nameserver,
        option="--nameserver",
        metavar="IP[:PORT]",
        several=True,
    ),
    Setting(
        "ca_file",
        "PADLOCK_CA_FILE",
        "roots trusted beside the public ones",
        "none",
        "company-root.pem",
        setting_values.ca_file,
        option="--ca-file",
        metavar="PEM",
    ),
    Setting(
        "allow_networks",
        "PADLOCK_ALLOW_NETWORKS",
        "networks the address guard lets through though they are not public",
        "none",
        "10.20.0.0/16",
        setting_values.network,
        option="--allow-network",
        metavar="CIDR",
        several=True,
    ),
    Setting(
        "timeout",
        "PADLOCK_TIMEOUT",
        "the bound on one whole diagnosis, in seconds",
        "15",
        "15",
        setting_values.seconds,
        option="--timeout",
        metavar="SECONDS",
    ),
    Setting(
        "jobs",
        "PADLOCK_JOBS",
        "diagnoses under way at once",
        "32",
        "32",
        setting_values.jobs,
        option="--jobs",
        metavar="N",
    ),
    Setting(
        "ports",
        "PADLOCK_PORTS",
        "the ports that may be contacted",
        "80,443,8443",
        "80,443,8443",
        setting_values.port,
        several=True,
    ),
    Setting(
        "support_channel",
        "PADLOCK_SUPPORT_CHANNEL",
        "the Slack channel that questions are handed over to",
        "none: the button is not shown",
        "C0123456789",
        setting_values.word,
    ),
    Setting(
        "knowledge",
        "PADLOCK_KNOWLEDGE",
        "extra folders of FAQ Markdown",
        "none",
        "/srv/faq",
        setting_values.folder,
        several=True,
    ),
    Setting(
        "database",
        "PADLOCK_DATABASE",
        "SQLAlchemy URL of the store",
        "SQLite in the user's data folder",
        "postgresql://padlock@db.example.com/padlock",
        setting_values.database,
        secret=True,
    ),
    Setting(
        "retention_days",
        "PADLOCK_RETENTION_DAYS",
        "how many days questions and answers are kept",
        "30",
        "30",
        setting_values.days,
    ),
    Setting(
        "log",
        "PADLOCK_LOG",
        "how `padlock slack` writes its log: text or json",
        "text",
        "json",
        setting_values.log_form,
    ),
    Setting(
        "slack_bot_token",
        "SLACK_BOT_TOKEN",
        "Slack's token of the bot",
        "none",
        "xoxb-…, from the app's OAuth & Permissions page",
        setting_values.word,
        secret=True,
    ),
    Setting(
        "slack_app_token",
        "SLACK_APP_TOKEN",
        "Slack's app-level token; with it the bot uses Socket Mode",
        "none",
        "xapp-…, from the app's Basic Information page",
        setting_values.word,
        secret=True,
    ),
    Setting(
        "slack_signing_secret",
        "SLACK_SIGNING_SECRET",
        "Slack's signing secret, for HTTP mode",
        "none",
        "32 characters from the app's Basic Information page",
        setting_values.word,
        secret=True,
    ),
    Setting(
        "slack_api_url",
        "SLACK_API_URL",
        "base of Slack's Web API, for a proxy, GovSlack or an emulator",
        "Slack's",
        "https://slack.com/api/",
        setting_values.web_address,
    ),
    Setting(
        "listen",
        "PADLOCK_LISTEN",
        "where `padlock slack` listens, as ADDRESS:PORT",
        "127.0.0.1:3000",
        "127.0.0.1:3000",
        setting_values.listen,
        option="--listen",
        metavar="ADDRESS:PORT",
    ),
)


_LISTEN = Address("127.0.0.1", 3000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the operator decided; the defaults are those of the table."""

    nameservers: tuple[str, ...] = ()
    ca_file: Path | None = None
    allow_networks: tuple[str, ...] = ()
    timeout: float = 15.0
    jobs: int = 32
    ports: tuple[int, ...] = (80, 443, 8443)
    support_channel: str | None = None
    knowledge: tuple[Path, ...] = ()
    database: str = field(default="sqlite://", repr=False)  # it may hold a password
    retention_days: int = 30
    log: str = "text"
    slack_bot_token: str | None = field(default=None, repr=False)
    slack_app_token: str | None = field(default=None, repr=False)
    slack_signing_secret: str | None = field(default=None, repr=False)
    slack_api_url: str | None = None
    listen: Address = _LISTEN
    data_folder: Path = Path()  # where history and the SQLite store lie

    @classmethod
    def read(cls, environment: Mapping[str, str], overrides: Mapping[str, Sequence[str]] | None = None) -> "Settings":
        """The settings of this environment.

        `overrides` has, by a setting's name, what its option was given, one string for each time; it wins over the
        environment. A value that cannot be used is a SettingError. An empty variable counts as not set.
        """
        overrides = overrides or {}
        folder = data_folder(environment)
        values: dict[str, object] = {
            "data_folder": folder,
            "database": f"sqlite:///{folder / 'padlock.db'}",
        }
        for setting in TABLE:
            given = overrides.get(setting.name)
            if given:
                source, texts = str(setting.option), list(given)
            elif environment.get(setting.variable, "").strip():
                source, texts = setting.variable, [environment[setting.variable]]
            else:
                continue
            values[setting.name] = _value(setting, source=source, texts=texts)
        return cls(**values)  # type: ignore[arg-type]

    def options(self) -> "Options":
        """The part of the settings that a diagnosis knows."""
        from diagnostics.options import Options

        return Options(
            nameservers=self.nameservers,
            ca_file=self.ca_file,
            allow_networks=self.allow_networks,
            ports=self.ports,
            timeout=self.timeout,
        )


def data_folder(environment: Mapping[str, str]) -> Path:
    """Where this user's programs keep their data (XDG Base Directory Specification)."""
    folder = environment.get("XDG_DATA_HOME", "")
    if not folder.startswith("/"):  # the specification ignores a relative one
        folder = os.path.join(environment.get("HOME") or os.path.expanduser("~"), ".local", "share")  # noqa: PTH111, PTH118
    return Path(folder) / "padlock"


def _value(setting: Setting, *, source: str, texts: Sequence[str]) -> object:
    """The value of a setting, a tuple for one that takes several, or a SettingError."""
    if setting.several:
        parts = [part.strip() for text in texts for part in text.split(",")]
        parts = [part for part in parts if part]
    else:
        parts = [texts[-1].strip()]  # of an option given twice the last one counts, as everywhere
    if not parts:
        raise _unusable(setting, source=source, text="", why="which is empty")
    values = []
    for part in parts:
        try:
            values.append(setting.parse(part))
        except ValueError as error:
            raise _unusable(setting, source=source, text=part, why=str(error)) from None
    return tuple(dict.fromkeys(values)) if setting.several else values[0]


def _unusable(setting: Setting, *, source: str, text: str, why: str) -> SettingError:
    shown = "a value" if setting.secret else '"' + _shown(text) + '"'
    return SettingError(f"{source} has {shown}, {why}. A good value: {setting.example}")


def _shown(text: str) -> str:
    """A value from outside, short, printable, and without the password of a URL."""
    from diagnostics.plain_text import neutralise

    if "@" in text and "://" in text:
        try:
            from urllib.parse import urlsplit, urlunsplit

            parts = urlsplit(text)
            text = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
        except ValueError:
            text = text.rpartition("@")[2]
    return neutralise(text, limit=SHOWN_CHARACTERS)
