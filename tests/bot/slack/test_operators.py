"""What operators see: words for what is missing, a check, logs, and what is forgotten."""

import asyncio
import json
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.slack.local import ALICE, BOB, GENERAL, SlackServer
from bot.slack.scopes import ALL
from bot.store.database import engine_for
from tests.bot.slack.conftest import StartBot
from tests.bot.slack.running import ROOT, environment
from tests.lab.hosts import Lab


async def padlock(settings: dict[str, str], *arguments: str) -> tuple[int, str]:
    """One command, to its end: the exit status and everything it says."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "slack",
        *arguments,
        env=settings,
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await asyncio.wait_for(process.communicate(), 30)
    return process.returncode or 0, said.decode()


@pytest.fixture
def settings(slack: SlackServer, lab: Lab, sqlite_url: str) -> dict[str, str]:
    return environment(slack, http=False, database=sqlite_url, lab=lab)


# Tokens


@pytest.mark.parametrize(
    ("missing", "named"),
    [
        (("SLACK_BOT_TOKEN",), "SLACK_BOT_TOKEN needs the bot token"),
        (("SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"), "SLACK_SIGNING_SECRET needs the signing secret"),
    ],
)
async def test_a_missing_token_is_named_with_where_to_get_it(
    settings: dict[str, str], missing: tuple[str, ...], named: str
) -> None:
    for name in missing:
        del settings[name]
    status, said = await padlock(settings)
    assert status != 0
    assert named in said
    assert "api.slack.com/apps" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("name", ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"])
async def test_a_wrong_token_is_named_and_not_shown(settings: dict[str, str], name: str) -> None:
    settings[name] = "xoxb-wrong-and-secret"
    status, said = await padlock(settings)
    assert status != 0
    assert name in said
    assert "wrong-and-secret" not in said
    assert "Traceback" not in said


async def test_a_form_of_log_that_is_none_is_named(settings: dict[str, str]) -> None:
    status, said = await padlock(settings | {"PADLOCK_LOG": "xml"})
    assert status != 0
    assert 'PADLOCK_LOG has "xml", which is neither text nor json. A good value: json' in said


async def test_a_port_that_is_taken_is_named(settings: dict[str, str]) -> None:
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    status, said = await padlock(settings | {"PADLOCK_LISTEN": f"127.0.0.1:{port}"})
    server.close()
    assert status != 0
    assert f"127.0.0.1:{port}" in said


async def test_a_store_of_a_newer_padlock_is_refused_in_a_sentence(
    settings: dict[str, str], sqlite_url: str, start_bot: StartBot
) -> None:
    await (await start_bot()).terminate()
    engine = engine_for(sqlite_url)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await engine.dispose()
    status, said = await padlock(settings)
    assert status != 0
    assert "made by a newer Padlock" in said
    assert "Traceback" not in said


async def test_it_waits_for_a_slack_that_cannot_be_reached(
    slack: SlackServer, lab: Lab, sqlite_url: str, start_bot: StartBot
) -> None:
    slack.fail("auth.test", status=500, times=2)
    bot = await start_bot()
    assert "Slack cannot be reached" in bot.log
    assert (await bot.get("/readyz"))[0] == 200


# --check


async def test_the_check_is_content_with_sound_settings(settings: dict[str, str]) -> None:
    status, said = await padlock(settings, "--check")
    assert status == 0, said
    assert said.count("ok ") == 4


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-wrong"}, "SLACK_BOT_TOKEN needs the bot token"),
        ({"SLACK_BOT_TOKEN": ""}, "SLACK_BOT_TOKEN needs the bot token"),
        ({"SLACK_APP_TOKEN": "xapp-wrong"}, "SLACK_APP_TOKEN needs an app-level token"),
        ({"SLACK_API_URL": "http://127.0.0.1:9/api/"}, "Slack cannot be reached"),
        ({"PADLOCK_DATABASE": "sqlite:////proc/padlock/store.db"}, "store.db cannot be opened"),
        ({"PADLOCK_NAMESERVERS": "127.0.0.1:9"}, "no DNS server answers"),
    ],
)
async def test_the_check_says_what_is_missing(settings: dict[str, str], change: dict[str, str], words: str) -> None:
    status, said = await padlock(settings | change, "--check")
    assert status == 1
    assert "MISSING" in said
    assert words in said


async def test_the_check_names_the_scopes_that_are_missing(lab: Lab, sqlite_url: str) -> None:
    async with SlackServer(scopes=frozenset({"chat:write", "im:history", "channels:history"})) as slack:
        status, said = await padlock(environment(slack, http=False, database=sqlite_url, lab=lab), "--check")
    assert status == 1
    assert "lacks app_mentions:read, commands, groups:history" in said


async def test_the_check_says_what_does_not_work_without_a_scope_that_is_only_useful(lab: Lab, sqlite_url: str) -> None:
    async with SlackServer(scopes=ALL - {"files:read"}) as slack:
        status, said = await padlock(environment(slack, http=False, database=sqlite_url, lab=lab), "--check")
    assert status == 0, said
    assert "without files:read certificate files sent to me cannot be examined" in said
    assert "assistant:write" not in said


async def test_the_check_is_content_with_a_support_channel_it_can_post_in(settings: dict[str, str]) -> None:
    status, said = await padlock(settings | {"PADLOCK_SUPPORT_CHANNEL": GENERAL}, "--check")
    assert status == 0, said
    assert f"PADLOCK_SUPPORT_CHANNEL: I can post in {GENERAL}" in said


@pytest.mark.parametrize("channel", ["C0NOWHERE", "a channel without the bot"])
async def test_the_check_says_that_it_cannot_post_in_the_support_channel(
    slack: SlackServer, settings: dict[str, str], channel: str
) -> None:
    if not channel.startswith("C0"):
        channel = slack.add_channel("support", with_bot=False)
    status, said = await padlock(settings | {"PADLOCK_SUPPORT_CHANNEL": channel}, "--check")
    assert status == 1
    assert f"PADLOCK_SUPPORT_CHANNEL is {channel}, which I am no member of" in said
    assert "/invite @Padlock" in said


# Logs


@pytest.mark.parametrize("form", ["text", "json"])
async def test_a_log_holds_neither_messages_nor_tokens(
    slack: SlackServer, lab: Lab, start_bot: StartBot, form: str
) -> None:
    site = lab.site("private-matter.example.com")
    bot = await start_bot(PADLOCK_LOG=form)
    await slack.wait_for_reply(slack.mention(GENERAL, ALICE, f"why does {site.target} not work?"))
    await slack.drop_sockets()
    await slack.wait_for(lambda: slack.socket_mode.opened > 1)
    await bot.terminate()
    assert "question 1 answered" in bot.log
    for secret in ("private-matter", slack.app.bot_token, slack.app.app_token, "ticket=", "why does"):
        assert secret not in bot.log
    if form == "json":
        records = [json.loads(line) for line in bot.lines]
        assert all({"time", "level", "logger", "message"} <= record.keys() for record in records)


# Knowledge that is edited while it runs

ENTRY = """# Ours

[](id:vpn)
### Do I need the VPN to open the shop?

{answer}
"""


async def test_edited_knowledge_is_used_within_seconds_and_a_broken_edit_is_not(
    slack: SlackServer, start_bot: StartBot, tmp_path: Path
) -> None:
    folder = tmp_path / "ours"
    folder.mkdir()
    entry = folder / "ours.md"
    entry.write_text(ENTRY.format(answer="No, it is public."))
    bot = await start_bot(PADLOCK_KNOWLEDGE=str(folder))

    async def said() -> str:
        return slack.read(await slack.wait_for_reply(slack.mention(GENERAL, ALICE, "do I need the vpn for the shop?")))

    assert "No, it is public." in await said()
    entry.write_text(ENTRY.format(answer="Yes, since last week."))
    await bot.says("was read anew", timeout=5)
    assert "Yes, since last week." in await said()
    entry.write_bytes(b"\xff\xfe not text")
    await bot.says("ours.md", timeout=5)
    assert "Yes, since last week." in await said()
    assert bot.process.returncode is None


# What is kept


async def test_a_person_is_forgotten(
    slack: SlackServer, settings: dict[str, str], sqlite_url: str, start_bot: StartBot
) -> None:
    bot = await start_bot()
    for person in (ALICE, ALICE, BOB):
        await slack.wait_for_reply(slack.mention(GENERAL, person, "what is https?"))
    status, said = await padlock(settings, "forget", ALICE)
    assert status == 0
    assert said.startswith(f"Deleted 2 questions of {ALICE}")
    await bot.terminate()
    engine = engine_for(sqlite_url)
    async with engine.begin() as connection:
        people = await connection.execute(text("SELECT person FROM questions"))
        assert [row.person for row in people] == [BOB]
    await engine.dispose()


async def test_a_private_key_and_a_password_are_not_stored(
    slack: SlackServer, sqlite_url: str, start_bot: StartBot
) -> None:
    bot = await start_bot()
    key = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhki\n-----END PRIVATE KEY-----"
    question = slack.direct_message(ALICE, f"is this right? {key} it is for https://me:hunter2@shop.invalid/")
    answer = slack.read(await slack.wait_for_reply(question))
    assert "Your message contains a private key" in answer
    await bot.terminate()
    stored = b"".join(
        path.read_bytes() for path in Path(sqlite_url.removeprefix("sqlite:///")).parent.glob("padlock.db*")
    )
    assert b"is this right?" in stored
    assert b"MIIEvQIBADANBgkqhki" not in stored
    assert b"hunter2" not in stored
