"""Fetches the files that people have sent, into memory, with the bot's token, and from Slack alone."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

import aiohttp

from bot.slack.press import SharedFile

# A certificate file has some kilobytes. The bound is above what is examined, so that "too large" can be told apart.
BYTES_MOST = 2 * 1024 * 1024
FETCH_SECONDS = 20.0
# Strict, so that no client can read another host in a URL than the one that was judged.
_SLACKS_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){0,4}(?:slack\.com|slack-gov\.com)")
_IN_NO_URL = re.compile(r"[\s\\\x00-\x20\x7f]")


class NotFetched(Exception):  # noqa: N818 - an answer for the sender, nothing has gone wrong
    """A file could not be fetched; the message says why, in words that follow "because"."""


class Files:
    """The files of one workspace; `api_url` is the base of the Web API where it is not Slack's own."""

    def __init__(self, *, token: str, api_url: str | None) -> None:
        self._headers: Mapping[str, str] = {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}
        self._own = urlsplit(api_url) if api_url else None

    async def fetch(self, file: SharedFile) -> bytes:
        """The content of a file; NotFetched where there is none to be had."""
        if not self.is_slacks(file.url):
            raise NotFetched("it does not lie in Slack. Send the file itself, not a link to it")
        if file.size > BYTES_MOST:
            raise NotFetched("it is far too large for a certificate file")
        try:
            return await self._fetch(file.url)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            raise NotFetched("Slack did not hand it out in time. Please send it once more") from None

    def is_slacks(self, url: str) -> bool:
        """Whether the token may be shown there."""
        try:
            where = urlsplit(url)
            host, port = where.hostname or "", where.port
        except ValueError:
            return False
        if where.username is not None or where.password is not None or _IN_NO_URL.search(url):
            return False
        own = self._own
        if own is not None and (where.scheme, host, port) == (own.scheme, own.hostname, own.port):
            return True
        return where.scheme == "https" and _SLACKS_HOST.fullmatch(host) is not None and port in (None, 443)

    async def _fetch(self, url: str) -> bytes:
        timeout = aiohttp.ClientTimeout(total=FETCH_SECONDS)
        async with (
            aiohttp.ClientSession(
                timeout=timeout,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,  # what is counted is what arrives
            ) as session,
            # A redirect leads to the login page, or to where the token must not be shown.
            session.get(url, headers=self._headers, allow_redirects=False) as answer,
        ):
            if answer.status in range(300, 400):
                raise NotFetched(
                    "Slack does not let me read it. The people who run this Padlock can give me files:read"
                )
            if answer.status != 200:
                raise NotFetched("Slack does not hand it out. Please send it once more")
            content = bytearray()
            async for piece in answer.content.iter_chunked(64 * 1024):
                content += piece
                if len(content) > BYTES_MOST:
                    raise NotFetched("it is far too large for a certificate file")
            return bytes(content)
