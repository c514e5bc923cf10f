"""Headless Chromium over its DevTools protocol: as much as the tests of the page need."""

import asyncio
import base64
import itertools
import json
import os
import shutil
import signal
import tempfile
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp

START_SECONDS = 30.0
WAIT_SECONDS = 20.0
END_SECONDS = 5.0
MESSAGE_BYTES_MOST = 64 * 1024 * 1024
Json = dict[str, Any]

# What a preview needs of Chromium, and nothing that makes it ask the Internet for updates or lists.
_OPTIONS = (
    "--headless=new",
    "--remote-debugging-port=0",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-sync",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--metrics-recording-only",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


def chromium() -> str | None:
    """Where the browser is, if it is installed."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Page:
    """One tab, everything it asked for, and everything it complained of."""

    def __init__(self, browser: "Browser", session: str) -> None:
        self._browser = browser
        self._session = session
        self.requests: list[str] = []
        self.complaints: list[str] = []

    async def send(self, method: str, **parameters: Any) -> Json:
        """One command of the protocol."""
        return await self._browser.send(method, parameters, session=self._session)

    async def open(self, url: str) -> None:
        """Go to an address; the page is there when its script has run."""
        await self.send("Page.navigate", url=url)
        await self.until(f"location.href.startsWith({json.dumps(url)}) && document.readyState === 'complete'")

    async def run(self, expression: str) -> Any:
        """The value of a JavaScript expression; a promise is waited for."""
        answer = await self.send("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise AssertionError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    async def until(self, expression: str, *, timeout: float = WAIT_SECONDS) -> Any:
        """Wait until a JavaScript expression is true; its value."""
        waiting = f"""new Promise((resolve) => {{
            const look = () => {{ const held = {expression}; if (held) resolve(held); else setTimeout(look, 30); }};
            look();
        }})"""
        try:
            async with asyncio.timeout(timeout):
                return await self.run(waiting)
        except TimeoutError:
            shown = await self.run("document.body.innerText")
            raise AssertionError(f"not within {timeout} s: {expression}\n{self.complaints}\n{shown[-3000:]}") from None

    async def text(self, selector: str) -> str:
        """What can be read in the first element that fits."""
        return str(await self.until(f"document.querySelector({json.dumps(selector)})?.innerText"))

    async def click(self, selector: str, *, words: str = "") -> None:
        """Press the first element that fits and has these words, once it is where a person could press it."""
        await self.until(
            f"""(() => {{
                const fits = [...document.querySelectorAll({json.dumps(selector)})];
                const words = {json.dumps(words)};
                const found = fits.find((each) => each.checkVisibility() && each.textContent.includes(words));
                if (!found) return false;
                found.scrollIntoView({{block: "center"}});
                const box = found.getBoundingClientRect();
                const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
                if (!found.contains(top)) return false;
                found.click();
                return true;
            }})()"""
        )

    async def type(self, selector: str, text: str) -> None:
        """Write into a field and press Enter."""
        await self.until(f"document.querySelector({json.dumps(selector)})?.checkVisibility()")
        await self.run(f"document.querySelector({json.dumps(selector)}).focus()")
        await self.send("Input.insertText", text=text)
        for kind in ("keyDown", "keyUp"):
            await self.send("Input.dispatchKeyEvent", type=kind, key="Enter", code="Enter", windowsVirtualKeyCode=13)

    async def drop(self, selector: str, name: str, content: str) -> None:
        """Drop a file of text."""
        await self.until(f"document.querySelector({json.dumps(selector)})?.checkVisibility()")
        await self.run(
            f"""(() => {{
                const files = new DataTransfer();
                files.items.add(new File([{json.dumps(content)}], {json.dumps(name)}));
                const target = document.querySelector({json.dumps(selector)});
                for (const kind of ["dragover", "drop"])
                    target.dispatchEvent(new DragEvent(kind, {{bubbles: true, cancelable: true, dataTransfer: files}}));
            }})()"""
        )

    async def look(self, *, width: int, height: int, dark: bool = False, phone: bool = False) -> None:
        """The size of the window, and whether it is dark."""
        await self.send(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=phone
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        await self.send("Emulation.setEmulatedMedia", features=[scheme])

    async def screenshot(self) -> bytes:
        """What is on the screen, as PNG."""
        return base64.b64decode((await self.send("Page.captureScreenshot", format="png"))["data"])

    def heard(self, method: str, event: Json) -> None:
        """Note an event of the protocol."""
        if method == "Network.requestWillBeSent":
            self.requests.append(event["request"]["url"])
        elif method == "Network.webSocketCreated":
            self.requests.append(event["url"])
        elif method == "Runtime.exceptionThrown":
            self.complaints.append(str(event["exceptionDetails"]))
        elif method == "Log.entryAdded" and event["entry"]["level"] in ("error", "warning"):
            self.complaints.append(f"{event['entry']['text']} {event['entry'].get('url', '')}")
        elif method == "Runtime.consoleAPICalled" and event["type"] in ("error", "warning", "assert"):
            self.complaints.append(str(event["args"]))


class Browser:
    """The protocol's one connection, which all tabs share."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Json]] = {}
        self._pages: dict[str, Page] = {}
        self._reader = asyncio.create_task(self._read())

    async def send(self, method: str, parameters: Json, *, session: str | None = None) -> Json:
        """One command of the protocol."""
        number = next(self._numbers)
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        message: Json = {"id": number, "method": method, "params": parameters}
        await self._socket.send_str(json.dumps(message | ({"sessionId": session} if session else {})))
        try:
            async with asyncio.timeout(WAIT_SECONDS + END_SECONDS):
                result: Json = await answer
                return result
        finally:
            self._waiting.pop(number, None)

    @asynccontextmanager
    async def page(self) -> AsyncIterator[Page]:
        """A tab of its own, without the cookies and the storage of others."""
        context = (await self.send("Target.createBrowserContext", {}))["browserContextId"]
        target = (await self.send("Target.createTarget", {"url": "about:blank", "browserContextId": context}))[
            "targetId"
        ]
        session = (await self.send("Target.attachToTarget", {"targetId": target, "flatten": True}))["sessionId"]
        page = self._pages[session] = Page(self, session)
        for domain in ("Page", "Runtime", "Network", "Log"):
            await page.send(f"{domain}.enable")
        try:
            yield page
        finally:
            del self._pages[session]
            await self.send("Target.disposeBrowserContext", {"browserContextId": context})

    async def close(self) -> None:
        """Listen no more."""
        self._reader.cancel()
        with suppress(asyncio.CancelledError):
            await self._reader

    async def _read(self) -> None:
        async for message in self._socket:
            answer = json.loads(message.data)
            waiting = self._waiting.get(answer.get("id", 0))
            if waiting is not None and not waiting.done():
                if "error" in answer:
                    waiting.set_exception(AssertionError(str(answer["error"])))
                else:
                    waiting.set_result(answer["result"])
            elif (page := self._pages.get(answer.get("sessionId", ""))) is not None:
                page.heard(answer["method"], answer["params"])


@asynccontextmanager
async def open_browser() -> AsyncIterator[Browser]:
    """A browser of its own, which is gone with its profile in the end."""
    program = chromium()
    assert program is not None
    with tempfile.TemporaryDirectory(prefix="padlock-browser-", ignore_cleanup_errors=True) as profile:
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium's sandbox does not run as root
        process = await asyncio.create_subprocess_exec(
            program, *_OPTIONS, *sandbox, f"--user-data-dir={profile}", "about:blank", stdout=DEVNULL, stderr=DEVNULL,
            env={**os.environ, "HOME": profile}, start_new_session=True,
        )  # fmt: skip
        try:
            address = await _address(Path(profile), process)
            async with aiohttp.ClientSession() as session:
                socket = await session.ws_connect(address, max_msg_size=MESSAGE_BYTES_MOST)
                browser = Browser(socket)
                try:
                    yield browser
                    with suppress(ConnectionError, AssertionError, TimeoutError):
                        await browser.send("Browser.close", {})
                finally:
                    await browser.close()
                    await socket.close()
        finally:
            await _end(process)


async def _address(profile: Path, process: Process) -> str:
    """Chromium writes down where it listens when it does."""
    file = profile / "DevToolsActivePort"
    async with asyncio.timeout(START_SECONDS):
        while True:
            assert process.returncode is None, f"Chromium has ended with {process.returncode}"
            lines = file.read_text().splitlines() if file.exists() else []
            if len(lines) == 2:
                return f"ws://127.0.0.1:{lines[0]}{lines[1]}"
            await asyncio.sleep(0.05)


async def _end(process: Process) -> None:
    """Wait for its end, and bring it about where it does not come; its children end with it."""
    try:
        async with asyncio.timeout(END_SECONDS):
            await process.wait()
    except TimeoutError:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
