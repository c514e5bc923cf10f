"""Settings: read from options and environment, and refused with a name, the value and a good example."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.setting_values import Address
from bot.settings import TABLE, SettingError, Settings, data_folder

HOME = {"HOME": "/home/somebody"}
PEM = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"


def read(environment: Mapping[str, str], **options: list[str]) -> Settings:
    return Settings.read({**HOME, **environment}, options)


def test_an_empty_environment_gives_the_defaults() -> None:
    settings = read({})
    assert settings.nameservers == ()
    assert settings.ca_file is None
    assert settings.allow_networks == ()
    assert settings.timeout == 15
    assert settings.jobs == 32
    assert settings.ports == (80, 443, 8443)
    assert settings.retention_days == 30
    assert settings.listen == Address("127.0.0.1", 3000)
    assert settings.database == "sqlite:////home/somebody/.local/share/padlock/padlock.db"


def test_every_setting_is_a_field_and_named_once() -> None:
    fields = set(Settings.__slots__) - {"data_folder"}
    assert {setting.name for setting in TABLE} == fields
    assert len({setting.variable for setting in TABLE}) == len(TABLE)


GOOD = [
    # variable, value, field, what it becomes
    ("PADLOCK_NAMESERVERS", "9.9.9.9", "nameservers", ("9.9.9.9",)),
    ("PADLOCK_NAMESERVERS", " 9.9.9.9 , 127.0.0.1:5353,", "nameservers", ("9.9.9.9", "127.0.0.1:5353")),
    ("PADLOCK_NAMESERVERS", "[2001:db8::53]:5353,2001:db8::53,[::1]", "nameservers", None),
    ("PADLOCK_ALLOW_NETWORKS", "10.20.0.0/16,::1/128", "allow_networks", ("10.20.0.0/16", "::1/128")),
    # a single address is a network of one
    ("PADLOCK_ALLOW_NETWORKS", "127.0.0.1", "allow_networks", ("127.0.0.1/32",)),
    ("PADLOCK_TIMEOUT", "0.5", "timeout", 0.5),
    ("PADLOCK_TIMEOUT", "600", "timeout", 600.0),
    ("PADLOCK_JOBS", "1", "jobs", 1),
    ("PADLOCK_PORTS", "443, 65535,443", "ports", (443, 65535)),
    ("PADLOCK_SUPPORT_CHANNEL", "C0123456789", "support_channel", "C0123456789"),
    ("PADLOCK_DATABASE", "postgresql+psycopg://a:b@db/padlock", "database", "postgresql+psycopg://a:b@db/padlock"),
    ("PADLOCK_RETENTION_DAYS", "7", "retention_days", 7),
    ("PADLOCK_LOG", "json", "log", "json"),
    ("PADLOCK_LISTEN", "[::1]:8080", "listen", Address("::1", 8080)),
    ("PADLOCK_LISTEN", "localhost:0", "listen", Address("localhost", 0)),
    # Slack's client puts the method's name behind it
    ("SLACK_API_URL", "http://127.0.0.1:8000/api", "slack_api_url", "http://127.0.0.1:8000/api/"),
    ("SLACK_BOT_TOKEN", "xoxb-1", "slack_bot_token", "xoxb-1"),
    # an empty variable is one that is not set
    ("PADLOCK_JOBS", " ", "jobs", 32),
]


@pytest.mark.parametrize(("variable", "value", "field", "expected"), GOOD)
def test_a_good_value_is_taken(variable: str, value: str, field: str, expected: object) -> None:
    found = getattr(read({variable: value}), field)
    assert found == expected if expected is not None else len(found) == value.count(",") + 1


BAD = [
    # variable, value, why
    ("PADLOCK_NAMESERVERS", "dns.example.com", "a name, which could not be looked up"),
    ("PADLOCK_NAMESERVERS", "9.9.9.9:0", "no port"),
    ("PADLOCK_NAMESERVERS", "9.9.9.9:65536", "no port"),
    ("PADLOCK_NAMESERVERS", "9.9.9.9:", "an empty port"),
    ("PADLOCK_NAMESERVERS", "[9.9.9.9]:53", "brackets around IPv4"),
    ("PADLOCK_NAMESERVERS", "[::1", "an open bracket"),
    ("PADLOCK_NAMESERVERS", "9.9.9.9 8.8.8.8", "a space where a comma belongs"),
    ("PADLOCK_NAMESERVERS", ",", "nothing"),
    ("PADLOCK_ALLOW_NETWORKS", "10.0.0.0/33", "too long a prefix"),
    ("PADLOCK_ALLOW_NETWORKS", "10.0.0.1/8", "an address inside a network: is the network meant, or the address?"),
    ("PADLOCK_ALLOW_NETWORKS", "example.com", "a name"),
    ("PADLOCK_ALLOW_NETWORKS", "10.0.0.0/8,bad", "the second of two"),
    ("PADLOCK_TIMEOUT", "0", "zero"),
    ("PADLOCK_TIMEOUT", "-1", "negative"),
    ("PADLOCK_TIMEOUT", "nan", "what float() takes"),
    ("PADLOCK_TIMEOUT", "inf", "what float() takes"),
    ("PADLOCK_TIMEOUT", "1_5", "what float() takes"),
    ("PADLOCK_TIMEOUT", "15s", "a unit"),
    ("PADLOCK_TIMEOUT", "601", "over ten minutes"),
    ("PADLOCK_TIMEOUT", ".", "no digit"),
    ("PADLOCK_JOBS", "0", "zero"),
    ("PADLOCK_JOBS", "1.5", "no whole number"),
    ("PADLOCK_JOBS", "٣", "a digit of another script, which int() takes"),
    ("PADLOCK_JOBS", "9" * 5000, "longer than int() takes"),
    ("PADLOCK_PORTS", "http", "a service's name"),
    ("PADLOCK_PORTS", "0", "no port"),
    ("PADLOCK_PORTS", "80,99999", "no port"),
    ("PADLOCK_CA_FILE", "/nowhere/root.pem", "no file"),
    ("PADLOCK_CA_FILE", "/", "a folder"),
    ("PADLOCK_CA_FILE", "\0", "what no file can be called"),
    ("PADLOCK_KNOWLEDGE", "/nowhere/faq", "no folder"),
    ("PADLOCK_LISTEN", "3000", "no address"),
    ("PADLOCK_LISTEN", ":3000", "no address"),
    ("PADLOCK_LISTEN", "::1:3000", "IPv6 without brackets"),
    ("PADLOCK_LISTEN", "127.0.0.1:port", "no port"),
    ("PADLOCK_LISTEN", "999.0.0.1:3000", "no address"),
    ("PADLOCK_DATABASE", "padlock.db", "no URL"),
    ("PADLOCK_DATABASE", "mysql://db/padlock", "a database that is not supported"),
    ("PADLOCK_RETENTION_DAYS", "0", "zero"),
    ("PADLOCK_LOG", "xml", "neither of the two"),
    ("SLACK_API_URL", "slack.com/api", "no scheme"),
    ("SLACK_API_URL", "http://[::1", "what urlsplit refuses"),
    ("PADLOCK_SUPPORT_CHANNEL", "C01 C02", "a space"),
    ("SLACK_BOT_TOKEN", "xoxb-1\nxoxb-2", "a line end"),
]


@pytest.mark.parametrize(("variable", "value", "why"), BAD)
def test_a_bad_value_is_refused_by_name_with_a_good_one(variable: str, value: str, why: str) -> None:
    with pytest.raises(SettingError) as caught:
        read({variable: value})
    message = str(caught.value)
    assert message.startswith(f"{variable} has "), why
    assert "A good value: " in message
    assert message.isprintable()
    assert len(message) < 300


def test_a_bad_value_is_shown() -> None:
    with pytest.raises(SettingError, match='PADLOCK_TIMEOUT has "soon", which is no number of seconds'):
        read({"PADLOCK_TIMEOUT": "soon"})


def test_the_network_that_was_probably_meant_is_named() -> None:
    with pytest.raises(SettingError, match=r"10\.0\.0\.0/8"):
        read({"PADLOCK_ALLOW_NETWORKS": "10.0.0.1/8"})


@pytest.mark.parametrize("variable", ["PADLOCK_DATABASE", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"])
def test_a_secret_is_in_no_message(variable: str) -> None:
    with pytest.raises(SettingError) as caught:
        read({variable: "hidden word"})
    assert "hidden" not in str(caught.value)


def test_a_secret_is_not_in_the_settings_as_text() -> None:
    settings = read({"SLACK_BOT_TOKEN": "xoxb-hidden", "PADLOCK_DATABASE": "postgresql://a:hidden@db/padlock"})
    assert "hidden" not in repr(settings)


def test_a_password_in_a_web_address_is_not_shown() -> None:
    with pytest.raises(SettingError) as caught:
        read({"SLACK_API_URL": "ftp://user:hidden@slack.example.com/"})
    assert "hidden" not in str(caught.value)
    assert "slack.example.com" in str(caught.value)


def test_an_option_wins_over_the_environment() -> None:
    settings = read({"PADLOCK_TIMEOUT": "20", "PADLOCK_JOBS": "4"}, timeout=["3"])
    assert settings.timeout == 3
    assert settings.jobs == 4


def test_an_option_is_named_where_it_is_bad() -> None:
    with pytest.raises(SettingError, match="--nameserver has"):
        read({}, nameservers=["9.9.9.9", "bad"])


def test_an_empty_option_is_refused_where_an_empty_variable_is_not() -> None:
    with pytest.raises(SettingError, match="--timeout has"):
        read({}, timeout=[""])
    assert read({"PADLOCK_TIMEOUT": ""}).timeout == 15


def test_an_option_may_be_repeated_and_may_hold_commas() -> None:
    assert read({}, nameservers=["9.9.9.9", "1.1.1.1,8.8.8.8"]).nameservers == ("9.9.9.9", "1.1.1.1", "8.8.8.8")


def test_files_and_folders_that_exist_are_taken(tmp_path: Path) -> None:
    roots = tmp_path / "roots.pem"
    roots.write_text(PEM)
    settings = read({"PADLOCK_CA_FILE": str(roots), "PADLOCK_KNOWLEDGE": f"{tmp_path},{tmp_path.parent}"})
    assert settings.ca_file == roots
    assert settings.knowledge == (tmp_path, tmp_path.parent)
    assert settings.options().ca_file == roots


def test_a_file_without_a_certificate_is_no_ca_file(tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    key.write_bytes(b"\xff\x00-----BEGIN PRIVATE KEY-----")
    with pytest.raises(SettingError, match="holds no certificate"):
        read({"PADLOCK_CA_FILE": str(key)})


def test_the_options_of_a_diagnosis_are_the_settings() -> None:
    options = read(
        {"PADLOCK_NAMESERVERS": "127.0.0.1:5300", "PADLOCK_PORTS": "443", "PADLOCK_ALLOW_NETWORKS": "127.0.0.0/8"},
        timeout=["2"],
    ).options()
    assert tuple(options.nameservers) == ("127.0.0.1:5300",)
    assert tuple(options.allow_networks) == ("127.0.0.0/8",)
    assert tuple(options.ports) == (443,)
    assert options.timeout == 2


FOLDERS = [
    # environment, folder
    ({"HOME": "/home/a"}, "/home/a/.local/share/padlock"),
    ({"HOME": "/home/a", "XDG_DATA_HOME": "/data"}, "/data/padlock"),
    # a relative one is to be ignored
    ({"HOME": "/home/a", "XDG_DATA_HOME": "data"}, "/home/a/.local/share/padlock"),
]


@pytest.mark.parametrize(("environment", "folder"), FOLDERS)
def test_the_data_folder_follows_the_xdg_specification(environment: dict[str, str], folder: str) -> None:
    assert data_folder(environment) == Path(folder)
