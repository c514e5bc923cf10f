"""Typical answers as pictures: the whole bot over the stand-in, asked in a browser about the lab's servers."""

import asyncio
import re
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from bot.slack.local import ALICE, BOB, GENERAL
from bot.slack.local.run import SUPPORT
from tests.bot.slack.local.browser import Browser, Page, open_browser
from tests.lab.demo import settings
from tests.lab.faults import FAULTS
from tests.lab.hosts import Lab

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
DESKTOP, PHONE = (1120, 720), (390, 844)
# The faults that are shown, one of them slow enough for its steps to be seen.
SHOWN = ("expired", "incomplete", "cdn-default", "only-www", "stalls")
APP = "@app"


class Visit:
    """One tab on the page."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url

    async def go(self, channel: str, *, person: str = ALICE) -> None:
        """Be somewhere."""
        await self.page.open(self.url)
        await self.page.run(f"location.hash = '#{person}/{channel}'")
        there = "document.querySelector('#room').checkVisibility()"
        drawn = "document.querySelector('#messages').childElementCount"
        await self.page.until(f"{there} && {drawn} && document.querySelector('#banner').hidden")

    async def ask(self, text: str) -> None:
        """Ask in the conversation, and open the thread when something is in it."""
        before = await self.page.run("document.querySelectorAll('#messages .message').length")
        await self.page.type("#composer textarea", text)
        await self.opens_after(before)

    async def drop(self, name: str, content: str) -> None:
        """Send a file, and open the thread when something is in it."""
        before = await self.page.run("document.querySelectorAll('#messages .message').length")
        await self.page.drop("#room", name, content)
        await self.page.click("#composer button[type=submit]")
        await self.opens_after(before)

    async def opens_after(self, before: int) -> None:
        """Open the thread of the message that comes after so many."""
        last = "[...document.querySelectorAll('#messages .message')].at(-1)"
        await self.page.until(f"document.querySelectorAll('#messages .message').length > {before}")
        ts = await self.page.run(f"{last}.dataset.ts")
        await self.page.click(f"[data-ts='{ts}'] .replies")
        await self.page.until("document.querySelectorAll('#replies .message').length > 1")

    async def sees(self, words: str, *, where: str = "#replies") -> None:
        """Wait until it can be read."""
        await self.page.until(f"document.querySelector({where!r}).innerText.includes({words!r})")


Scene = Callable[[Visit, Mapping[str, str]], Awaitable[None]]


async def broken(visit: Visit, targets: Mapping[str, str]) -> None:
    """A mention in a channel, and its answer in the thread."""
    await visit.go(GENERAL)
    await visit.ask(f"@padlock why does https not work on {targets['expired']} ?")
    await visit.sees("What to do")


async def incomplete(visit: Visit, targets: Mapping[str, str]) -> None:
    """A direct question, whose answer has the first screen of a phone."""
    await visit.go(APP)
    await visit.ask(f"https broken on {targets['incomplete']}")
    await visit.sees("What to do")


async def cdn(visit: Visit, targets: Mapping[str, str]) -> None:
    """The default certificate of a CDN."""
    await visit.go(APP)
    await visit.ask(f"chrome says not secure on https://{targets['cdn-default']}/ , why?")
    await visit.sees("What to do")


async def several(visit: Visit, targets: Mapping[str, str]) -> None:
    """Two hosts in one question."""
    await visit.go(GENERAL)
    await visit.ask(f"@padlock are {targets['works']} and {targets['incomplete']} fine?")
    await visit.sees("What to do")


async def works(visit: Visit, targets: Mapping[str, str]) -> None:
    """Nothing is wrong, and a follow-up from the knowledge in the same thread."""
    await visit.go(APP)
    await visit.ask(f"does https work on {targets['works']} ?")
    await visit.sees("Works")
    await visit.page.type("#answer textarea", "what is an intermediate certificate?")
    await visit.page.until("document.querySelectorAll('#replies .message').length >= 4")
    await visit.page.run("document.querySelector('#replies').scrollTop = 0")


async def knowledge(visit: Visit, targets: Mapping[str, str]) -> None:
    """A question that an entry answers."""
    await visit.go(APP)
    await visit.ask("How do I force HTTPS?")


async def unsure(visit: Visit, targets: Mapping[str, str]) -> None:
    """A question that several entries might answer."""
    await visit.go(APP)
    await visit.ask("redirect problem")


async def details(visit: Visit, targets: Mapping[str, str]) -> None:
    """Everything that was seen, for the presser alone."""
    await visit.go(GENERAL)
    await visit.ask(f"@padlock what is wrong with {targets['only-www']} ?")
    await visit.sees("What to do")
    await visit.page.click("#replies button.button", words="Details")
    await visit.page.until("document.querySelector('#replies .message.alone')")
    await visit.page.run("document.querySelector('#replies .message.alone').scrollIntoView()")


async def handed_over(visit: Visit, targets: Mapping[str, str]) -> None:
    """A question in the support channel."""
    await visit.go(GENERAL)
    await visit.ask(f"@padlock why does https not work on {targets['cdn-default']} ?")
    await visit.sees("What to do")
    await visit.page.click("#replies button.button", words="Hand over")
    await visit.page.until("document.querySelector('#channels a.unread')")
    await visit.go(SUPPORT, person=BOB)
    await visit.sees("Take", where="#messages")


async def home(visit: Visit, targets: Mapping[str, str]) -> None:
    """The Home tab, with what was asked before."""
    await visit.go(APP)
    await visit.page.click("#tab-home")
    await visit.page.until("document.querySelector('#home .block')")


async def steps(visit: Visit, targets: Mapping[str, str]) -> None:
    """The steps of a look that takes long."""
    await visit.go(APP)
    await visit.ask(f"https hangs on {targets['stalls']}")
    await visit.page.until("document.querySelector('#replies .plan')")
    await asyncio.sleep(2.5)  # a step later


async def certificate(visit: Visit, targets: Mapping[str, str]) -> None:
    """A file that was dropped."""
    await visit.go(APP)
    await visit.drop("chain.pem", targets["pem"])


SCENES: tuple[tuple[str, Scene, tuple[int, int], bool], ...] = (
    ("desktop-broken", broken, DESKTOP, False),
    ("desktop-details", details, DESKTOP, False),
    ("desktop-several-dark", several, DESKTOP, True),
    ("desktop-works-and-follow-up", works, DESKTOP, False),
    ("desktop-handed-over", handed_over, DESKTOP, False),
    ("phone-incomplete-chain", incomplete, PHONE, False),
    ("phone-cdn-dark", cdn, PHONE, True),
    ("phone-knowledge", knowledge, PHONE, False),
    ("phone-did-you-mean", unsure, PHONE, False),
    ("phone-steps", steps, PHONE, False),
    ("phone-certificate-file", certificate, PHONE, False),
    ("desktop-home", home, DESKTOP, False),
)


async def main(wanted: list[str]) -> int:
    """Make all pictures, or those that are named."""
    FOLDER.mkdir(exist_ok=True)
    with Lab() as lab:
        named = {fault.name: fault for fault in FAULTS}
        targets = {name: named[name].start(lab).target for name in SHOWN}
        healthy = lab.check(lab.site("works.example"))
        targets |= {"works": healthy.target, "pem": _chain(lab)}
        async with _bot(settings(healthy)) as url, open_browser() as browser:
            for name, scene, size, is_dark in SCENES:
                if wanted and name not in wanted:
                    continue
                async with _visit(browser, url, size=size, is_dark=is_dark) as visit:
                    try:
                        await scene(visit, targets)
                    except AssertionError as error:
                        print(f"{name}: {error}")
                    await visit.page.send("Input.dispatchMouseEvent", type="mouseMoved", x=1, y=1)
                    await visit.page.run("document.activeElement?.blur()")
                    picture = await visit.page.screenshot()
                    (FOLDER / f"{name}.png").write_bytes(picture)
                    print(f"{name}: {len(picture) // 1000} kB {visit.page.complaints or ''}", flush=True)
    return 0


def _chain(lab: Lab) -> str:
    """A certificate alone, without its intermediate."""
    end = "-----END CERTIFICATE-----\n"
    return lab.ca.leaf("shop.example").chain.decode().partition(end)[0] + end


@asynccontextmanager
async def _visit(browser: Browser, url: str, *, size: tuple[int, int], is_dark: bool) -> AsyncIterator[Visit]:
    async with browser.page() as page:
        await page.look(width=size[0], height=size[1], dark=is_dark, phone=size == PHONE)
        yield Visit(page, url)


@asynccontextmanager
async def _bot(environment: Mapping[str, str]) -> AsyncIterator[str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "slack", "--local", env=environment, stdout=PIPE, stderr=DEVNULL
    )
    assert process.stdout is not None
    try:
        found = re.search(r"http://\S+/", (await process.stdout.readline()).decode())
        assert found
        yield found[0]
    finally:
        process.terminate()
        await process.wait()


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
