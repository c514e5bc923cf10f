"""`padlock slack --local`: the whole bot without a workspace, as its user starts it."""

import asyncio
import os
import re
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from bot.slack.local import ALICE, GENERAL
from bot.slack.local.page_server import SHORTCUTS
from tests.bot.slack.local.browser import chromium, open_browser
from tests.lab.certificates import DAY
from tests.lab.hosts import Lab

ROOT = Path(__file__).parents[4]
SECONDS = 30.0


def environment(folder: Path, *, lab: Lab | None = None, **more: str) -> dict[str, str]:
    """Nothing of the tests' own environment, and no token."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "COVERAGE_PROCESS_START")}
    kept |= {"HOME": str(folder), "TMPDIR": str(folder), "PYTHONPATH": str(ROOT)}
    if lab is not None:
        check = lab.check("unused.example.com")
        kept |= check.environment | {
            "PADLOCK_NAMESERVERS": ",".join(check.nameservers),
            "PADLOCK_CA_FILE": check.ca_file,
            "PADLOCK_ALLOW_NETWORKS": ",".join(check.allow_networks),
        }
    return kept | more


LOCAL = ("bot", "slack", "--local")


@asynccontextmanager
async def started(
    *arguments: str, settings: dict[str, str], module: tuple[str, ...] = LOCAL
) -> AsyncIterator[tuple[Process, str]]:
    """The command, and the first line that it prints."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", *module, *arguments, env=settings, cwd=ROOT, stdout=PIPE, stderr=PIPE
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(SECONDS):
            yield process, (await process.stdout.readline()).decode()
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


def address(line: str) -> str:
    found = re.search(r"http://127\.0\.0\.1:\d+", line)
    assert found, line
    return found[0]


def temporary(folder: Path) -> set[str]:
    """The command's temporary folders, and what lies in them."""
    return {path.name for path in (*folder.glob("padlock-*"), *folder.glob("padlock-*/*"))}


async def get(url: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return answer.status, await answer.text()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_it_serves_its_page_and_ends_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    async with started(settings=environment(tmp_path)) as (process, line):
        status, text = await get(address(line))
        assert (status, "app.js" in text) == (200, True)
        assert process.stderr is not None
        async for logged in process.stderr:
            if b"connected to Slack" in logged:
                break
        async with aiohttp.ClientSession() as session, session.get(f"{address(line)}/page/stream?user={ALICE}") as page:
            await page.content.readline()  # a page that is open does not hold it up
            assert "padlock.db" in temporary(tmp_path)
            process.send_signal(number)
            assert await process.wait() == 0
    assert not temporary(tmp_path)


async def test_an_end_before_it_is_ready_leaves_nothing_behind(tmp_path: Path) -> None:
    async with started(settings=environment(tmp_path)) as (process, _):
        process.send_signal(signal.SIGTERM)
        assert await process.wait() in (0, 130)
    assert not temporary(tmp_path)


async def test_a_store_that_was_named_is_kept(tmp_path: Path) -> None:
    store = tmp_path / "kept.db"
    async with started(settings=environment(tmp_path, PADLOCK_DATABASE=f"sqlite:///{store}")) as (process, _):
        assert process.stderr is not None
        async for logged in process.stderr:
            if b"Padlock is " in logged:
                break
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0
    assert store.stat().st_size > 0


async def test_it_listens_where_it_is_told_to(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
        async with started("--listen", f"127.0.0.1:{port}", settings=environment(tmp_path)) as (process, _):
            _, said = await process.communicate()
        assert process.returncode == 2
        assert b"nothing can listen" in said
    async with started("--listen", f"localhost:{port}", settings=environment(tmp_path)) as (_, line):
        assert f":{port}/" in line
        assert (await get(address(line)))[0] == 200


@pytest.mark.parametrize("where", ["0.0.0.0:0", "192.0.2.1:8080", "[::]:0", "padlock.example:80"])
async def test_it_listens_on_loopback_alone(tmp_path: Path, where: str) -> None:
    async with started("--listen", where, settings=environment(tmp_path)) as (process, line):
        _, said = await process.communicate()
    assert (process.returncode, line) == (2, "")
    assert b"which others can reach" in said


@pytest.mark.parametrize("more", [("--check",), ("forget", "U0123456789")])
async def test_it_is_started_by_itself(tmp_path: Path, more: tuple[str, ...]) -> None:
    async with started(*more, settings=environment(tmp_path)) as (process, _):
        _, said = await process.communicate()
    assert process.returncode == 2
    assert b"padlock slack --local" in said


def test_the_pages_shortcuts_are_those_of_the_manifest() -> None:
    manifest = (ROOT / "bot" / "slack" / "manifest.yaml").read_text()
    declared = re.findall(r"name: (.+)\n +type: message\n +callback_id: (\w+)", manifest)
    assert {identifier: name for name, identifier in declared} == SHORTCUTS


async def test_the_preview_tells_what_to_type_and_ends_with_its_bot(tmp_path: Path) -> None:
    async with started(settings=environment(tmp_path), module=("tests.lab.preview",)) as (process, line):
        assert process.stdout is not None
        lines = []
        async for said in process.stdout:
            lines.append(said.decode().strip())
            if "/padlock" in lines[-1]:
                break
        assert "@padlock why does https not work on expired.example" in "\n".join(lines)
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0
        with pytest.raises(aiohttp.ClientConnectorError):
            await get(address(line))


@pytest.mark.skipif(chromium() is None, reason="needs Chromium (Debian: apt install chromium)")
async def test_a_broken_host_is_diagnosed_in_the_browser(tmp_path: Path, lab: Lab) -> None:
    name = "expired.example.com"
    expired = lab.site(name, https=lab.ca.issue(name, begins=-90 * DAY, ends=-3 * DAY).healthy)
    async with (
        started(settings=environment(tmp_path, lab=lab)) as (_, line),
        open_browser() as browser,
        browser.page() as page,
    ):
        await page.look(width=1280, height=800)
        await page.open(f"{address(line)}/#{ALICE}/{GENERAL}")
        await page.type("#composer textarea", f"@padlock why does https not work on {expired.target} ?")
        await page.until("document.querySelector('#replies')?.innerText.includes('The certificate has expired')")
        assert page.complaints == []
        assert {url.split("/")[2] for url in page.requests if url != "about:blank"} == {address(line)[7:]}


@pytest.mark.skipif(chromium() is None, reason="needs Chromium (Debian: apt install chromium)")
async def test_buttons_a_hand_over_and_a_file_work_in_the_browser(tmp_path: Path, lab: Lab) -> None:
    site = lab.site("good.example.com")
    certificate, end, _ = lab.ca.leaf("shop.example.com").chain.decode().partition("-----END CERTIFICATE-----\n")
    async with (
        started(settings=environment(tmp_path, lab=lab)) as (_, line),
        open_browser() as browser,
        browser.page() as page,
    ):
        await page.look(width=1280, height=800)
        await page.open(f"{address(line)}/#{ALICE}/{GENERAL}")
        await page.type("#composer textarea", f"@padlock is https fine on {site.target} ?")
        await page.click("#replies button.button", words="Check again")
        await page.until("document.querySelector('#replies').innerText.includes('Nothing has changed')")
        await page.click("#replies button.thumb[title='Helpful']")
        await page.until("document.querySelector('#replies [aria-pressed=true]')")
        await page.click("#replies button.button", words="Hand over")
        await page.click("#channels a.unread", words="support")
        await page.run("document.querySelector('#person').value = 'U0BOB'")
        await page.run("document.querySelector('#person').dispatchEvent(new Event('change'))")
        await page.click("#messages button.button", words="Take")
        await page.click("#messages a", words="thread")
        await page.until("/taken by|has taken/i.test(document.querySelector('#replies').innerText)")
        await page.click("#directs a", words="Padlock")
        await page.drop("#room", "shop.pem", certificate + end)
        await page.click("#composer button[type=submit]")
        await page.until("document.querySelector('#replies').innerText.includes('intermediate')")
        assert page.complaints == []
