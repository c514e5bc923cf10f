"""Single calls of Slack's Web API that show something, and what each way of failing means."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.metrics import Metrics
from bot.render.rich_text import SlackMessage
from bot.render.slack import plain_form

log = logging.getLogger(__name__)

EVENT_TYPE = "padlock_answer"
CALL_SECONDS = 30
# Between two tries of the same.
PAUSE_LEAST, PAUSE_MOST = 0.5, 30.0
# A thread is read from the question on; an answer stands within the first pages.
PAGE = 200
PAGES_MOST = 5

_REFUSED_CONTENT = frozenset(
    {
        "invalid_blocks",
        "invalid_blocks_format",
        "msg_too_long",
        "msg_blocks_too_long",
        "markdown_text_conflict",
        "invalid_arguments",
        "no_text",
    }
)
# What an operator can mend, after which the answer can be posted.
_TOKEN_ERRORS = frozenset(
    {
        "invalid_auth",
        "not_authed",
        "account_inactive",
        "token_revoked",
        "token_expired",
        "missing_scope",
        "no_permission",
    }
)
# Slack's own failures; some of them may come after the deed.
_SLACKS_FAULTS = frozenset(
    {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"}
)


class Refused(Exception):  # noqa: N818 - Slack's word for it
    """Slack refuses for good: nothing was shown, and nothing will be."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


class NotShown(Exception):  # noqa: N818 - it says what is known
    """Nothing was shown, and it may be in `seconds`."""

    def __init__(self, error: str, *, seconds: float | None = None) -> None:
        super().__init__(error)
        self.error = error
        self.seconds = seconds


class Doubtful(Exception):  # noqa: N818 - it says what is known
    """It may have been shown or not: the answer to the call was lost, or was a failure of Slack's."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


class Poster:
    """Shows messages. It never repeats a call by itself, as a repeated post would be a second answer."""

    def __init__(self, client: AsyncWebClient, *, reader: AsyncWebClient, bot_user: str, metrics: Metrics) -> None:
        self._client = client
        self._reader = reader
        self._bot_user = bot_user
        self._metrics = metrics
        self.token_error = ""
        """Why Slack has last refused the token; empty while it takes it."""

    async def post(self, channel: str, thread: str, message: SlackMessage, *, key: str, place: int) -> str:
        """Post into a thread, or under none; the answer is the message's ts.

        `channel` may be a person, for their direct messages. `key` and `place` let the message be found again.
        """

        def call(shown: SlackMessage) -> Awaitable[Any]:
            return self._client.chat_postMessage(
                channel=channel,
                thread_ts=thread or None,
                text=shown.text,
                blocks=list(shown.blocks) or None,
                unfurl_links=False,
                unfurl_media=False,
                metadata={"event_type": EVENT_TYPE, "event_payload": {"question": key, "place": place}},
            )

        return str((await self._show(call, message))["ts"])

    async def update(self, channel: str, ts: str, message: SlackMessage) -> None:
        """Replace a message of ours."""

        def call(shown: SlackMessage) -> Awaitable[Any]:
            return self._client.chat_update(channel=channel, ts=ts, text=shown.text, blocks=list(shown.blocks))

        await self._show(call, message)

    async def post_alone(self, channel: str, thread: str, person: str, message: SlackMessage) -> None:
        """Show a message to one person alone; it cannot be found again."""

        def call(shown: SlackMessage) -> Awaitable[Any]:
            return self._client.chat_postEphemeral(
                channel=channel,
                user=person,
                thread_ts=thread or None,
                text=shown.text,
                blocks=list(shown.blocks) or None,
            )

        await self._show(call, message)

    async def respond(
        self, url: str, message: SlackMessage, *, thread: str = "", replaces: bool = False, to_all: bool = False
    ) -> None:
        """Answer a command or a press, to one person alone or to everybody in the channel.

        `replaces` puts it in the place of the message that was pressed.
        """

        async def call(shown: SlackMessage) -> Any:
            body: dict[str, Any] = {
                "text": shown.text,
                "response_type": "in_channel" if to_all else "ephemeral",
                "replace_original": replaces,
                "unfurl_links": False,
                "unfurl_media": False,
            }
            body |= {"blocks": list(shown.blocks)} if shown.blocks else {}
            body |= {"thread_ts": thread} if thread else {}
            answer = await AsyncWebhookClient(url, timeout=CALL_SECONDS, retry_handlers=[]).send_dict(body)
            if answer.status_code == 200 and '"ok":false' not in answer.body.replace(" ", ""):
                return None
            if answer.status_code == 429:
                raise NotShown("ratelimited", seconds=_seconds(answer.headers))
            if answer.status_code >= 500:
                raise Doubtful(f"http_{answer.status_code}")
            error = next((name for name in _REFUSED_CONTENT if name in answer.body), f"http_{answer.status_code}")
            raise Refused(error)

        await self._show(call, message)

    async def permalink(self, channel: str, ts: str) -> str | None:
        """Where a message can be read; None where Slack does not say."""
        try:
            answer = await self._called(self._reader.chat_getPermalink(channel=channel, message_ts=ts))
        except (NotShown, Doubtful, Refused) as failure:
            log.info("no link to a message: %s", failure.error)
            return None
        link = answer.get("permalink")
        return link if isinstance(link, str) else None

    async def publish_home(self, person: str, view: Mapping[str, object]) -> None:
        """Show a person's Home tab."""
        await self._called(self._reader.views_publish(user_id=person, view=dict(view)))

    async def suggest(self, channel: str, prompts: Sequence[str]) -> None:
        """Suggest what to ask, in a person's messages with the bot. What fails is not missed."""
        shown = [{"title": prompt, "message": prompt} for prompt in prompts]
        try:
            # With a thread_ts, apps with agent_view are passed over without a word.
            await self._client.assistant_threads_setSuggestedPrompts(channel_id=channel, thread_ts=None, prompts=shown)
        except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as failure:
            log.info("nothing could be suggested: %s", type(failure).__name__)

    async def find(self, channel: str, thread: str, *, after: str, key: str) -> dict[int, str]:
        """The messages of an answer that are in the thread, or in the channel under none, by their places."""
        found: dict[int, str] = {}
        cursor: str | None = None
        for _ in range(PAGES_MOST):
            asked: dict[str, Any] = {
                "channel": channel,
                "oldest": after,
                "inclusive": True,
                "include_all_metadata": True,
                "limit": PAGE,
                "cursor": cursor,
            }
            if thread:
                page = await self._called(self._reader.conversations_replies(ts=thread, **asked))
            else:
                page = await self._called(self._reader.conversations_history(**asked))
            for message in page.get("messages") or []:
                metadata = message.get("metadata") or {}
                payload = metadata.get("event_payload") or {}
                ours = message.get("user") == self._bot_user or message.get("bot_id")
                if ours and metadata.get("event_type") == EVENT_TYPE and payload.get("question") == key:
                    found.setdefault(int(payload.get("place", 0)), str(message["ts"]))
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                break
        return found

    async def _show(self, call: Callable[[SlackMessage], Awaitable[Any]], message: SlackMessage) -> Any:
        """Show a message, in its plain form where Slack refuses its blocks."""
        try:
            return await self._called(call(message))
        except Refused as refused:
            if refused.error not in _REFUSED_CONTENT or not message.blocks:
                raise
        return await self._called(call(plain_form(message)))

    async def _called(self, call: Awaitable[Any]) -> Any:
        try:
            done = await call
        except SlackApiError as failure:
            raise self._counted(_meaning(failure)) from failure
        except (NotShown, Doubtful, Refused) as failure:
            raise self._counted(failure) from None
        except aiohttp.ClientConnectorError as failure:
            raise self._counted(NotShown("unreachable")) from failure
        except (aiohttp.ClientError, TimeoutError, OSError) as failure:
            raise self._counted(Doubtful("no_answer")) from failure
        self.token_error = ""
        return done

    def _counted(self, failure: NotShown | Doubtful | Refused) -> Exception:
        if failure.error in _TOKEN_ERRORS:
            self.token_error = failure.error
        self._metrics.slack_errors.labels(failure.error).inc()
        return failure


def _meaning(failure: SlackApiError) -> NotShown | Doubtful | Refused:
    response: Any = failure.response  # of an answer that is no JSON it is something else than it says
    data = getattr(response, "data", None)
    status = getattr(response, "status_code", None) or getattr(response, "status", None) or 500
    error = str(data.get("error", "unknown")) if isinstance(data, dict) else "unknown"
    if status == 429 or error == "ratelimited":
        return NotShown("ratelimited", seconds=_seconds(getattr(response, "headers", {})))
    if status >= 500 or error in _SLACKS_FAULTS:
        return Doubtful(error if error != "unknown" else f"http_{status}")
    if error in _TOKEN_ERRORS:
        return NotShown(error)
    return Refused(error)


def _seconds(headers: Any) -> float | None:
    """What Retry-After asks for."""
    for name, value in dict(headers).items():
        if str(name).lower() == "retry-after":
            first: Sequence[str] | str = value
            text = first if isinstance(first, str) else first[0]
            try:
                return float(text)
            except ValueError:
                return None
    return None
