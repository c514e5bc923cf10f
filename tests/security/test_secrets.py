"""What is secret stays secret: in what is printed, logged, reported, stored, and in what the system tells of it."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat, pkcs12

from bot.redaction import begins_key, masked
from bot.slack.incoming import from_command, from_event
from bot.slack.interactions import from_shortcut
from bot.slack.local import ALICE, BOB, GENERAL, SlackServer
from bot.store.store import Store
from tests.bot.slack.running import environment, ready, start
from tests.lab.certificates import leaf, root
from tests.lab.hosts import Lab, serves
from tests.lab.http import redirect

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 60
MARK = "S3CRET"  # part of every secret here
TOKENS = {
    "SLACK_BOT_TOKEN": f"xoxb-1-2-{MARK}",
    "SLACK_APP_TOKEN": f"xapp-1-A0-1-{MARK}",
    "SLACK_SIGNING_SECRET": f"{MARK}0123456789abcdef",
    "PADLOCK_DATABASE": f"postgresql://padlock:{MARK}@127.0.0.1:1/padlock",
    "PADLOCK_CERT_PASSWORD": f"pass-{MARK}",
    # What tools in the neighbourhood read; nothing of Padlock does.
    "HTTPS_PROXY": f"http://name:{MARK}@127.0.0.1:9/",
    "https_proxy": f"http://name:{MARK}@127.0.0.1:9/",
    "ALL_PROXY": f"socks5://name:{MARK}@127.0.0.1:9/",
    "PGPASSWORD": f"pg-{MARK}",
}

# Runs `padlock`, and tells on the last line of standard error how the system shows this process and its children.
_SHOWN = """
import sys
started = []
def watch(event, arguments):
    if event in ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn"):
        started.append([event, str(arguments)])
from bot.cli import main
sys.addaudithook(watch)
status = main(sys.argv[1:])
with open("/proc/self/cmdline", "rb") as shown:
    print("SHOWN", shown.read(), started, file=sys.stderr)
sys.exit(status)
"""


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab() as running:
        running.site("shop.example.com")
        yield running


class Folder:
    """A home of its own: runs `padlock` there, and reads everything that is in it afterwards."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def run(
        self, *arguments: str, given: str = "", settings: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        known = {"HOME": str(self.path), "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
        return subprocess.run(
            [sys.executable, "-c", _SHOWN, *arguments],
            input=given,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            cwd=self.path,
            env={**known, **TOKENS, **(settings or {})},
        )

    def everything(self, *but: str) -> str:
        """All files in the home, such as the error log and the store."""
        files = [path for path in self.path.rglob("*") if path.is_file() and path.name not in but]
        return "\n".join(path.read_bytes().decode("latin-1") for path in files)


@pytest.fixture
def home(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def told(ended: subprocess.CompletedProcess[str]) -> str:
    """What a command printed; it has run to its end."""
    assert "SHOWN" in ended.stderr, ended.stderr
    return ended.stdout + ended.stderr


def network(lab: Lab) -> list[str]:
    return [*lab.check("").arguments[1:], "--timeout", "5"]


# --- credentials in what is typed ------------------------------------------------------------------------------------

# They come by standard input, because what is typed as an argument the system shows of itself.
URLS = [
    "https://name:{mark}@{host}/",
    "https://{mark}@{host}/path?query#fragment",
    "https://name:{mark}@{host}:99999/",  # an invalid port
    "https://name:{mark}@exa mple.com/",
    "ftp://name:{mark}@{host}/",
    "name:{mark}@{host}",
    "https://name:{mark}＠{host}/",
    "https:\\\\name:{mark}@{host}",
    "https://name:{mark}@127.0.0.1/",  # forbidden
    "https://name:{mark}@wiki.internal/",
]


@pytest.mark.parametrize("form", [["--json"], []], ids=["json", "text"])
def test_credentials_of_a_url_are_in_no_report(home: Folder, lab: Lab, form: list[str]) -> None:
    lines = "\n".join(url.format(mark=MARK, host=lab.target("shop.example.com")) for url in URLS)
    ended = home.run("check", "--file", "-", *form, *network(lab), given=lines)
    assert MARK not in told(ended)
    assert MARK not in home.everything()
    if form:
        assert len(ended.stdout.splitlines()) == len(URLS)


def question(lab: Lab) -> str:
    return f"why does https://name:{MARK}@{lab.target('shop.example.com')}/ fail?"


def test_credentials_in_a_question_are_in_no_answer(home: Folder, lab: Lab) -> None:
    ended = home.run("ask", *network(lab), question(lab), settings=lab.check("").environment)
    shown, _, process = ended.stderr.partition("SHOWN")
    assert "shop.example.com" in ended.stdout
    assert MARK not in ended.stdout + shown
    # An argument is shown by the system, whatever a program does; what is typed into the console is not.
    assert MARK in process


def test_credentials_in_a_question_are_not_given_back_in_json(home: Folder, lab: Lab) -> None:
    ended = home.run("ask", "--json", *network(lab), question(lab), settings=lab.check("").environment)
    assert json.loads(ended.stdout)["diagnoses"]
    assert MARK not in ended.stdout


def test_credentials_typed_into_the_console_are_not_given_back(home: Folder, lab: Lab) -> None:
    ended = home.run(*network(lab), given=f"{question(lab)}\n", settings=lab.check("").environment)
    assert "shop.example.com" in ended.stdout
    assert MARK not in told(ended)
    assert MARK not in home.everything()


def test_credentials_in_a_redirect_are_in_no_report(home: Folder, lab: Lab) -> None:
    name = "redirecting.example.com"
    lab.site(name, https=serves(lab.ca.leaf(name), redirect(f"https://name:{MARK}@other.example.com/?x")))
    for form in ([], ["--json"]):
        ended = home.run("check", *form, *network(lab), lab.target(name), settings=lab.check("").environment)
        assert "other.example.com" in ended.stdout
        assert MARK not in told(ended)


# --- settings --------------------------------------------------------------------------------------------------------

BAD_SETTINGS = [
    {"PADLOCK_DATABASE": f"mysql://padlock:{MARK}@db/padlock"},
    {"PADLOCK_DATABASE": f"postgresql:{MARK}"},
    {"PADLOCK_DATABASE": f"postgresql://padlock:{MARK}@127.0.0.1:1/padlock?pasword=x"},
    {"PADLOCK_DATABASE": f"postgresql://padlock@127.0.0.1:1/padlock?password={MARK}"},
    {"PADLOCK_DATABASE": f"sqlite://padlock:{MARK}@host/padlock"},
    {"SLACK_BOT_TOKEN": f"xoxb-1 {MARK}"},
    {"SLACK_APP_TOKEN": f"xapp\t{MARK}"},
    {"SLACK_SIGNING_SECRET": f"a b {MARK}"},
    {"SLACK_API_URL": f"https://name:{MARK}@slack.example/?query"},
    {"SLACK_API_URL": f"ftp://name:{MARK}@slack.example/"},
    {"PADLOCK_CA_FILE": f"https://name:{MARK}@ca.example/root.pem"},
    {"PADLOCK_KNOWLEDGE": f"https://name:{MARK}@faq.example/"},
    {"PADLOCK_NAMESERVERS": f"https://name:{MARK}@dns.example/"},
    {"PADLOCK_LISTEN": f"https://name:{MARK}@127.0.0.1:3000"},
]


@pytest.mark.parametrize("settings", BAD_SETTINGS, ids=lambda one: " ".join(one))
def test_a_setting_that_cannot_be_used_is_told_without_its_secret(home: Folder, settings: dict[str, str]) -> None:
    ended = home.run("slack", "forget", "U0ALICE", settings=settings)
    assert ended.returncode != 0
    assert MARK not in told(ended)
    assert MARK not in home.everything()


@pytest.mark.parametrize("password", [f"a@{MARK}", f"a@b:{MARK}"])
def test_a_password_that_was_not_escaped_is_not_told_either(home: Folder, password: str) -> None:
    ended = home.run(
        "slack", "forget", "U0ALICE", settings={"PADLOCK_DATABASE": f"postgresql://padlock:{password}@127.0.0.1:1/x"}
    )
    assert ended.returncode != 0
    assert MARK not in told(ended) + home.everything()


COMMANDS: list[tuple[str, ...]] = [
    ("slack", "--check"),  # every token is tried, the store opened
    ("slack", "forget", "U0ALICE"),
    ("knowledge", "list"),
    ("knowledge", "search", "how do I configure a certificate"),
    ("ask", "how do I configure a certificate?"),
    ("check", "--json", "127.0.0.1"),
    ("--help",),
    ("check", "--no-such-option"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_command_tells_what_its_environment_holds(home: Folder, command: Sequence[str]) -> None:
    nowhere = {"SLACK_API_URL": "http://127.0.0.1:1/api/", "PADLOCK_NAMESERVERS": "127.0.0.1:1"}
    ended = home.run(*command, settings=nowhere)
    assert MARK not in told(ended)
    assert MARK not in home.everything()
    assert ended.stdout + ended.stderr.partition("SHOWN")[0] != ""


# --- certificate files -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("right", [True, False], ids=["right", "wrong"])
def test_the_password_of_a_file_is_nowhere(home: Folder, right: bool) -> None:
    made = leaf(root(), "shop.example.com")
    protection = BestAvailableEncryption((TOKENS["PADLOCK_CERT_PASSWORD"] if right else "another").encode())
    (home.path / "shop.pfx").write_bytes(
        pkcs12.serialize_key_and_certificates(b"shop", made.key, made.certificate, None, protection)
    )
    (home.path / "shop.key").write_bytes(made.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, protection))
    for arguments in (["shop.pfx"], ["shop.pfx", "--json"], ["shop.pfx", "--fix", "out.pem"], ["shop.key"]):
        ended = home.run("cert", *arguments)
        assert MARK not in told(ended)
        assert ("shop.example.com" in ended.stdout) is (right and arguments[0] == "shop.pfx")
    assert MARK not in home.everything()
    assert "PRIVATE KEY" not in home.everything("shop.key")


# --- Slack -----------------------------------------------------------------------------------------------------------

KEY_BLOCK = f"-----BEGIN PRIVATE KEY-----\nMII{MARK}\n-----END PRIVATE KEY-----"
SAID = f"why does https://name:{MARK}@shop.example.com/ fail? My key is\n{KEY_BLOCK}\nand postgres://u:{MARK}@db/x"


def everything(folder: Path) -> bytes:
    return b"".join(each.read_bytes() for each in folder.iterdir())


def process_line(pid: int) -> str:
    """What every user of the machine may see of a process."""
    return Path(f"/proc/{pid}/cmdline").read_bytes().decode()


# A private key as people have it: whole, cut, from other programs, and after a phone or a mail program had it.
KEYS = [
    KEY_BLOCK,
    f"-----BEGIN RSA PRIVATE KEY-----\nMII{MARK}",
    f"-----BEGIN ENCRYPTED PRIVATE KEY----- {MARK} -----END ENCRYPTED PRIVATE KEY-----",
    f"-----BEGIN OPENSSH PRIVATE KEY-----\n{MARK}\n-----END OPENSSH PRIVATE KEY-----",
    f"-----BEGIN PGP PRIVATE KEY BLOCK-----\n{MARK}\n-----END PGP PRIVATE KEY BLOCK-----",
    f"---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\n{MARK}\n---- END SSH2 ENCRYPTED PRIVATE KEY ----",
    f"&gt; -----BEGIN PRIVATE KEY-----\n&gt; MII{MARK}\n&gt; -----END PRIVATE KEY-----",
    f"```-----BEGIN EC PRIVATE KEY-----\n{MARK}\n-----END EC PRIVATE KEY-----```",
    f"-----begin private key-----\n{MARK}\n-----end private key-----",
    f"——-BEGIN PRIVATE KEY——-\n{MARK}\n——-END PRIVATE KEY——-",
    f"–––––BEGIN PRIVATE KEY–––––\n{MARK}\n–––––END PRIVATE KEY–––––",
    f"-----BEGIN\u00a0PRIVATE\u00a0KEY-----\n{MARK}\n-----END PRIVATE KEY-----",
    f"-----BEGIN RSA  PRIVATE KEY-----\n{MARK}\n-----END RSA PRIVATE KEY-----",
    f"PuTTY-User-Key-File-3: ssh-rsa\nPrivate-Lines: 1\n{MARK}",
]
OTHER_SECRETS = [
    f"{'A' * 64}\n{'B' * 58}{MARK}\n-----END PRIVATE KEY-----",  # the end of a key, the beginning in another message
    f"xoxb-123456789012-{MARK}abcdef",
    f"xapp-1-A0123456789-123456-{MARK}",
    f"xoxe.xoxp-1-{MARK}abcdefgh",
    f"Authorization: Bearer {MARK}",
    f"curl -H 'authorization:basic {MARK}' https://shop.example.com",
    f"https://name:{MARK}@shop.example.com/",
    f"postgres://name:{MARK}@db.example.com/x",
]
# What only looks like it.
NO_SECRETS = [
    "why is xoxb-123456789012.example.com broken?",
    "check xapp-1-123456789.example.com",
    "how do I begin with a private key?",
    "-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----",
    "the Authorization header",
]


@pytest.mark.parametrize("secret", [*KEYS, *OTHER_SECRETS])
def test_a_secret_in_a_question_is_stored_by_no_way_in(secret: str) -> None:
    text = f"is this right? {secret}"
    where = {"user": {"id": "U1"}, "team": {"id": "T1"}, "channel": {"id": "C1"}}
    shortcut = {**where, "callback_id": "diagnose_message", "message_ts": "1.2", "action_ts": "1", "response_url": "x"}
    command = {"team_id": "T1", "channel_id": "C1", "user_id": "U1", "trigger_id": "1", "response_url": "x"}
    event = {"type": "app_mention", "channel": "C1", "user": "U1", "ts": "1.2", "text": text}
    file = {"name": "shop.pem", "mimetype": "text/plain", "size": 1, "url_private": "https://files.slack.com/x"}
    block = {"type": "rich_text", "elements": [{"type": "rich_text_preformatted", "elements": [{"text": text}]}]}
    taken = [
        from_event({"team_id": "T1", "event": event}, bot_user="UBOT", now=1.0),
        from_event({"team_id": "T1", "event": event | {"channel": "D1", "files": [file]}}, bot_user="UBOT", now=1.0),
        from_shortcut(shortcut | {"message": {"text": text}}, now=1.0),
        from_shortcut(shortcut | {"message": {"text": "", "blocks": [block]}}, now=1.0),
        from_shortcut(shortcut | {"message": {"text": "", "attachments": [{"fallback": text}]}}, now=1.0),
        from_command(command | {"text": text}, now=1.0),
    ]
    for found in taken:
        assert found is not None
        assert "is this right?" in found.text
        assert MARK not in found.text
        assert begins_key(found.text) is (secret in KEYS)  # so that its sender is warned


@pytest.mark.parametrize("text", NO_SECRETS)
def test_what_is_no_secret_is_left(text: str) -> None:
    assert masked(text) == text


async def test_what_people_write_by_mistake_is_not_stored(tmp_path: Path) -> None:
    event = {"type": "app_mention", "channel": "C1", "user": "U1", "ts": "1.2", "text": SAID}
    incoming = from_event({"team_id": "T1", "event_id": "E1", "event": event}, bot_user="UBOT", now=1.0)
    assert incoming is not None
    assert "shop.example.com" in incoming.text
    path = tmp_path / "padlock.db"
    store = await Store.open(f"sqlite:///{path}")
    await store.accept(incoming)
    await store.close()
    kept = everything(tmp_path)
    assert b"shop.example.com" in kept
    assert MARK.encode() not in kept


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with SlackServer() as server:
        yield server


async def test_a_bot_neither_logs_nor_stores_nor_says_a_secret(slack: SlackServer, lab: Lab, tmp_path: Path) -> None:
    """Every way in, with the secrets of its environment and those that somebody pastes, sends or has others press."""
    settings = environment(slack, http=False, database=f"sqlite:///{tmp_path / 'padlock.db'}", lab=lab)
    secrets = {name: settings[name] for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN")}
    made = leaf(root(), "shop.example.com")
    bot = await start({**settings, "PADLOCK_LOG": "json", "PADLOCK_SUPPORT_CHANNEL": GENERAL})
    try:
        await ready(bot, slack)
        asked = slack.mention(GENERAL, ALICE, SAID)
        reply = await slack.wait_for_reply(asked)
        await slack.wait_for(lambda: "shop.example.com" in slack.read(reply))
        for button in ("again", "details", "hand_over"):
            await slack.press(reply, button, BOB).wait()
        slack.command(ALICE, GENERAL, SAID)
        await slack.wait_for_ephemeral(ALICE)
        slack.shortcut("diagnose_message", ALICE, message=slack.message(GENERAL, BOB, SAID))
        await slack.wait_for_ephemeral(ALICE, count=2)
        files = [
            slack.upload_file(ALICE, "all.pem", made.pem + KEY_BLOCK.encode()),
            slack.upload_file(ALICE, "broken.key", KEYS[1].encode()),
            slack.upload_file(ALICE, "shop.pfx", MARK.encode() * 50),
        ]
        sent = slack.direct_message(ALICE, SAID, files=files)
        examined = slack.read(await slack.wait_for_reply(sent))
        await slack.wait_for(lambda: "Handed over" in json.dumps([call.arguments for call in slack.calls]))
        shown = process_line(bot.process.pid)
        assert await bot.terminate() == 0
    finally:
        await bot.end()
    with sqlite3.connect(tmp_path / "padlock.db") as database:
        dumped = "\n".join(database.iterdump())
    database.close()
    said = json.dumps([call.arguments for call in slack.calls])
    assert "private key" in examined
    assert "shop.example.com" in said
    for place, text in {"log": bot.log, "store": dumped, "answers": said, "process": shown}.items():
        assert MARK not in text, place
        for name, secret in secrets.items():
            if place != "answers":  # the token is among the arguments of a call, as Slack wants it
                assert secret not in text, f"{name} in the {place}"
    assert MARK.encode() not in everything(tmp_path)
    assert secrets["SLACK_APP_TOKEN"] not in said
