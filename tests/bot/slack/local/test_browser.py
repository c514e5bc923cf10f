"""The page in a real browser, with a small app of the real framework behind it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_bolt.context.say.async_say import AsyncSay
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.local import ALICE, BOB, GENERAL, SlackServer
from tests.bot.slack.conftest import QUICK
from tests.bot.slack.local.browser import Browser, Page, chromium, open_browser

pytestmark = [
    pytest.mark.skipif(chromium() is None, reason="needs Chromium (Debian: apt install chromium)"),
    pytest.mark.asyncio(loop_scope="module"),
]
Body = dict[str, Any]
Show = Callable[[Body], Awaitable[str]]

HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>&lt;b&gt; [x](javascript:alert(3))"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with open_browser() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def slack() -> AsyncIterator[SlackServer]:
    async with SlackServer(patience=QUICK) as server:
        yield server


@pytest_asyncio.fixture(loop_scope="module")
async def page(slack: SlackServer, browser: Browser) -> AsyncIterator[Page]:
    """Alice in #general; in the end the page must have complained of nothing and asked nobody but this machine."""
    async with browser.page() as tab:
        await tab.look(width=1280, height=800)
        await tab.open(f"{slack.workspace.origin}/#{ALICE}/{GENERAL}")
        await tab.until("document.querySelector('#title')?.textContent === '# general'")
        yield tab
        assert tab.complaints == []
        assert tab.requests
        assert {url.split("/")[2] for url in tab.requests if url != "about:blank"} == {f"127.0.0.1:{slack.port}"}


@pytest_asyncio.fixture(loop_scope="module")
async def client(slack: SlackServer) -> AsyncWebClient:
    return AsyncWebClient(token=slack.app.bot_token, base_url=slack.api_url, timeout=5)


@pytest_asyncio.fixture(loop_scope="module")
async def bot(slack: SlackServer, client: AsyncWebClient) -> AsyncIterator[AsyncApp]:
    """Answers in the thread with a button; a press changes the message, a shortcut and a command are told alone."""
    app = AsyncApp(client=client, signing_secret=slack.app.signing_secret, process_before_response=True)

    @app.event("app_mention")
    async def mention(event: Body, say: AsyncSay) -> None:
        again = {"type": "button", "action_id": "again", "text": plain("Check again"), "value": "1"}
        blocks: list[Body] = [{"type": "section", "text": plain("An answer")}, {"type": "actions", "elements": [again]}]
        await say(text="An answer", blocks=blocks, thread_ts=event["ts"])

    @app.event("message")
    async def message(event: Body, say: AsyncSay) -> None:
        if event["channel_type"] == "im" and event.get("files"):
            await say(text=f"A file: {event['files'][0]['name']}", thread_ts=event["ts"])

    @app.event("app_home_opened")
    async def opened(event: Body) -> None:
        if event["tab"] == "messages":
            prompts = [{"title": "What is HTTPS?", "message": "what is https?"}]
            await client.assistant_threads_setSuggestedPrompts(channel_id=event["channel"], prompts=prompts)
            return
        again = {"type": "button", "action_id": "again", "text": plain("An example"), "value": "1"}
        home = {"type": "home", "blocks": [{"type": "section", "text": plain("At home"), "accessory": again}]}
        await client.views_publish(user_id=event["user"], view=home)

    @app.action("again")
    async def pressed(ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        await ack()
        if "message" in body:
            await respond(text="Checked again", replace_original=True)

    @app.action("feedback")
    async def rated(ack: AsyncAck, respond: AsyncRespond, action: Body) -> None:
        await ack()
        await respond(text=f"Noted: {action['value']}", replace_original=False)

    @app.shortcut("diagnose_message")
    async def shortcut(ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        await ack()
        await respond(text=f"About: {body['message']['text']}")

    @app.command("/padlock")
    async def command(ack: AsyncAck, body: Body) -> None:
        await ack(text=f"You asked: {body['text']}")

    handler = AsyncSocketModeHandler(app, slack.app.app_token)
    handler.client.web_client = AsyncWebClient(token=slack.app.bot_token, base_url=slack.api_url)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    await slack.wait_for_socket()
    yield app
    await handler.close_async()  # type: ignore[no-untyped-call]


@pytest.fixture
def show(slack: SlackServer, client: AsyncWebClient, page: Page) -> Show:
    """Posts one block and waits until it is there; what can be read in it."""

    async def posted(block: Body) -> str:
        ts = (await client.chat_postMessage(channel=GENERAL, text="x", blocks=[block]))["ts"]
        return await page.text(f"[data-ts='{ts}'] .block")

    return posted


def plain(text: str) -> Body:
    return {"type": "plain_text", "text": text}


def rich(*elements: Body) -> Body:
    return {"type": "rich_text", "elements": list(elements)}


def run(text: str, **style: bool) -> Body:
    return {"type": "text", "text": text} | ({"style": style} if style else {})


# What a person does


@pytest.mark.usefixtures("bot")
async def test_a_question_is_typed_and_answered_and_a_button_pressed(page: Page) -> None:
    await page.type("#composer textarea", "@padlock why does https not work on shop.example.com ?")
    await page.until("document.querySelector('#replies')?.innerText.includes('An answer')")  # its thread opens
    assert "shop.example.com" in await page.text("#messages .message")
    assert "1 reply" in await page.text("#messages .replies")
    await page.click("#replies button", words="Check again")
    await page.until("document.querySelector('#replies')?.innerText.includes('Checked again')")
    await page.type("#answer textarea", "and now?")
    await page.until("document.querySelectorAll('#replies .message').length === 3")


@pytest.mark.usefixtures("bot")
async def test_a_command_is_answered_to_its_sender_alone(page: Page, slack: SlackServer) -> None:
    await page.type("#composer textarea", "/padlock what is https?")
    said = await page.text("#messages .message.alone")
    assert "Only visible to you" in said
    assert "You asked: what is https?" in said
    await page.run(f"location.hash = '#{BOB}/{GENERAL}'")
    await page.until("document.querySelector('#person').value === 'U0BOB'")
    assert "You asked" not in await page.text("#messages")


@pytest.mark.usefixtures("bot")
async def test_a_shortcut_is_used_on_anybodys_message(page: Page, slack: SlackServer) -> None:
    message = slack.message(GENERAL, BOB, "shop.example.com is down")
    await page.click(f"[data-ts='{message.ts}'] .tools summary")
    await page.click(f"[data-ts='{message.ts}'] .tools button", words="Diagnose this message")
    assert "About: " in await page.text("#messages .message.alone")


@pytest.mark.usefixtures("bot")
async def test_the_direct_message_has_home_prompts_and_takes_a_file(page: Page, slack: SlackServer) -> None:
    await page.click("#directs a", words="Padlock")
    await page.click("#tab-home")
    await page.until("document.querySelector('#home').innerText.includes('At home')")
    await page.click("#home button", words="An example")
    await slack.wait_for(lambda: [each for each in slack.deliveries if each.payload.get("type") == "block_actions"])
    await page.click("#tab-messages")
    await page.click("#prompts button", words="What is HTTPS?")
    await page.until("document.querySelector('#messages').innerText.includes('what is https?')")
    await page.drop("#room", "chain.pem", "-----BEGIN CERTIFICATE-----\n")
    assert "chain.pem" in await page.text("#composer .chip")
    await page.click("#composer button[type=submit]")
    await page.until("document.querySelector('#messages').innerText.includes('28 bytes')")
    await page.until("[...document.querySelectorAll('#messages .replies')].length === 1")  # the file was answered
    [stored] = slack.workspace.files.values()
    assert (stored.name, stored.user) == ("chain.pem", ALICE)


@pytest.mark.usefixtures("bot")
async def test_a_rating_stays_marked_and_a_menu_tells_its_choice(
    page: Page, slack: SlackServer, client: AsyncWebClient
) -> None:
    feedback = {
        "type": "feedback_buttons",
        "action_id": "feedback",
        "positive_button": {"text": plain("Helpful"), "value": "helpful:1"},
        "negative_button": {"text": plain("Not helpful"), "value": "unhelpful:1"},
    }
    options = [{"text": plain(words), "value": words} for words in ("Details", "Hand over")]
    more = {"type": "overflow", "action_id": "more", "options": options}
    blocks = [{"type": "context_actions", "elements": [feedback]}, {"type": "actions", "elements": [more]}]
    await client.chat_postMessage(channel=GENERAL, text="x", blocks=blocks)
    await page.click("button.thumb[aria-label='Not helpful']")
    assert await page.until("document.querySelector('[aria-pressed=true]')?.title") == "Not helpful"
    assert "Noted: unhelpful:1" in await page.text("#messages .message.alone")
    await page.click("details.menu:not(.tools) summary")
    await page.click(".menu-items button", words="Hand over")
    await slack.wait_for(lambda: slack.deliveries[-1].payload.get("actions", [{}])[0].get("selected_option"))


async def test_a_press_that_nobody_takes_is_told(page: Page, slack: SlackServer) -> None:
    slack.post.patience = type(slack.post.patience)(acknowledgement=0.1, pauses=())
    await page.type("#composer textarea", "/padlock hello")
    assert "did not respond" in await page.text("#toast:not([hidden])")
    assert await page.run("document.querySelector('#composer textarea').value") == "/padlock hello"  # nothing is lost


async def test_a_button_that_asks_first_is_pressed_after_yes(
    page: Page, slack: SlackServer, client: AsyncWebClient
) -> None:
    sure = {"title": plain("Sure?"), "text": plain("To all."), "confirm": plain("Share"), "deny": plain("No")}
    button = {"type": "button", "action_id": "share", "text": plain("Share"), "value": "1", "confirm": sure}
    await client.chat_postMessage(channel=GENERAL, text="x", blocks=[{"type": "actions", "elements": [button]}])
    await page.click("#messages button.button", words="Share")
    await page.click("dialog button", words="No")
    await page.until("!document.querySelector('dialog').open")
    await page.click("#messages button.button", words="Share")
    await page.click("dialog button", words="Share")
    await slack.wait_for(lambda: slack.deliveries[-1].payload.get("type") == "block_actions")
    assert sum(each.payload.get("type") == "block_actions" for each in slack.deliveries) == 1


# What is shown


@pytest.mark.parametrize(
    ("block", "shown"),
    [
        pytest.param({"type": "header", "text": plain("Broken")}, "Broken", id="header"),
        pytest.param({"type": "section", "fields": [plain("one"), plain("two")]}, "one\ntwo", id="fields"),
        pytest.param(
            {"type": "section", "text": {"type": "mrkdwn", "text": "*b* _i_ `c` <https://example.com/|x> &lt;"}},
            "b i c x <",
            id="mrkdwn",
        ),
        pytest.param({"type": "context", "elements": [plain("small")]}, "small", id="context"),
        pytest.param(
            rich(
                {"type": "rich_text_section", "elements": [run("lead", bold=True), run(" it")]},
                {
                    "type": "rich_text_list",
                    "style": "ordered",
                    "offset": 2,
                    "elements": [{"type": "rich_text_section", "elements": [run("step")]}],
                },
                {"type": "rich_text_preformatted", "elements": [run("a  b\nc")]},
            ),
            "lead it\nstep\na  b\nc",
            id="rich-text",
        ),
        pytest.param(
            {
                "type": "table",
                "rows": [[{"type": "raw_text", "text": "Address"}], [{"type": "raw_text", "text": "192.0.2.1"}]],
            },
            "Address\n192.0.2.1",
            id="table",
        ),
        pytest.param(
            {
                "type": "plan",
                "title": "Looking",
                "tasks": [{"type": "task_card", "task_id": "1", "title": "DNS", "status": "complete"}],
            },
            "Looking\n✓DNS",
            id="plan",
        ),
        pytest.param(
            {"type": "markdown", "text": "# Title\n\n**b** [x](https://example.com/)"}, "Title\nb x", id="markdown"
        ),
        pytest.param(
            {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a chart"},
            "Image: a chart",
            id="image",
        ),
    ],
)  # fmt: skip
async def test_a_block_is_shown(show: Show, block: Body, shown: str) -> None:
    lines = (line.strip() for line in (await show(block)).splitlines())
    assert "\n".join(filter(None, lines)) == shown


@pytest.mark.parametrize(
    "block",
    [
        {"type": "section", "text": {"type": "mrkdwn", "text": HOSTILE.replace("<", "&lt;")}},
        {"type": "section", "text": plain(HOSTILE)},
        {"type": "header", "text": plain(HOSTILE)},
        {"type": "markdown", "text": HOSTILE},
        {"type": "context", "elements": [plain(HOSTILE)]},
        {"type": "table", "rows": [[{"type": "raw_text", "text": HOSTILE}]]},
        {"type": "plan", "title": HOSTILE},
        {"type": "image", "image_url": "https://example.com/a.png", "alt_text": HOSTILE},
        {
            "type": "actions",
            "elements": [{"type": "button", "action_id": "x", "text": plain(HOSTILE[:75]), "value": "x"}],
        },
        rich({"type": "rich_text_section", "elements": [run(HOSTILE)]}),
        rich({"type": "rich_text_preformatted", "elements": [run(HOSTILE)]}),
    ],
    ids=lambda block: str(block["type"]),
)
async def test_hostile_text_stays_text(show: Show, page: Page, block: Body) -> None:
    assert "<img src=x onerror=alert(1)>" in await show(block)
    assert await page.run("document.querySelectorAll('#messages img, #messages script').length") == 0
    assert await page.run("[...document.querySelectorAll('a')].every((a) => /^(https?|mailto):|#/.test(a.href))")


async def test_a_link_leads_to_the_web_or_a_mailbox_alone(page: Page, slack: SlackServer) -> None:
    links = ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "slack://x", "https://example.com/"]
    text = " ".join(f"<{link}|to-{number}>" for number, link in enumerate(links))
    message = slack.message(GENERAL, BOB, text, raw=True)
    await page.until(f"document.querySelector(\"[data-ts='{message.ts}']\")")
    hrefs = await page.run(f"[...document.querySelectorAll(\"[data-ts='{message.ts}'] .block a\")].map((a) => a.href)")
    assert hrefs == ["https://example.com/"]
    assert "to-0 to-1 to-2 to-3 to-4" in await page.text(f"[data-ts='{message.ts}'] .block")


async def test_a_permalink_leads_to_its_thread_on_the_page(
    page: Page, slack: SlackServer, client: AsyncWebClient
) -> None:
    root = slack.message(GENERAL, BOB, "the question")
    reply = slack.message(GENERAL, BOB, "the answer", thread_ts=root.ts)
    links = [
        (await client.chat_getPermalink(channel=GENERAL, message_ts=ts))["permalink"] for ts in (root.ts, reply.ts)
    ]
    elsewhere = slack.add_channel("elsewhere")
    message = slack.message(elsewhere, BOB, " ".join(f"<{link}|there>" for link in links), raw=True)
    await page.run(f"location.hash = '#{ALICE}/{elsewhere}'")
    hrefs = f"[...document.querySelectorAll(\"[data-ts='{message.ts}'] a\")].map((a) => a.hash)"
    await page.until(f"{hrefs}.length === 2")
    assert set(await page.run(hrefs)) == {f"#{ALICE}/{GENERAL}/t/{root.ts}"}
    await page.click(f"[data-ts='{message.ts}'] a")
    assert "the answer" in await page.text("#replies")


async def test_an_edit_and_a_deletion_are_shown(page: Page, slack: SlackServer) -> None:
    message = slack.message(GENERAL, BOB, "one")
    await page.text(f"[data-ts='{message.ts}']")
    slack.edit(message, "two")
    await page.until(f"document.querySelector(\"[data-ts='{message.ts}']\").innerText.includes('(edited)')")
    slack.delete(message)
    await page.until(f"!document.querySelector(\"[data-ts='{message.ts}']\")")


async def test_it_is_dark_where_the_machine_is(page: Page) -> None:
    def brightness() -> Awaitable[Any]:
        back = "getComputedStyle(document.body).backgroundColor"
        return page.run(f"{back}.match(/\\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0)")

    assert await brightness() > 700
    await page.look(width=1280, height=800, dark=True)
    assert await brightness() < 150


async def test_a_phone_shows_one_thing_at_a_time_and_nothing_runs_over(
    page: Page, slack: SlackServer, client: AsyncWebClient
) -> None:
    message = slack.message(GENERAL, BOB, "a" * 300)
    wide = [[{"type": "raw_text", "text": "x" * 60} for _ in range(4)]]
    await client.chat_postMessage(channel=GENERAL, text="x", blocks=[{"type": "table", "rows": wide}])
    await page.look(width=390, height=844, phone=True)
    await page.until("document.querySelectorAll('#messages .message').length === 2")
    assert not await page.run("document.querySelector('#sidebar').checkVisibility()")
    assert await page.run("document.documentElement.scrollWidth") == 390
    assert await page.run("document.querySelector('#messages').scrollWidth") <= 390
    await page.run(f"location.hash = '#{ALICE}/{GENERAL}/t/{message.ts}'")
    await page.until("document.querySelector('#thread').checkVisibility()")
    assert not await page.run("document.querySelector('#room').checkVisibility()")
    await page.click("#close")
    await page.click("#back")
    await page.until("document.querySelector('#sidebar').checkVisibility()")
