"""START HERE: `padlock slack`, from the settings to a clean end."""

import asyncio
import contextlib
import logging
import secrets
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine

from bot.logs import set_up
from bot.looks import Looks
from bot.metrics import Metrics
from bot.settings import SettingError, Settings
from bot.slack import who
from bot.slack.app import build, patient_client, plain_client
from bot.slack.certificates import Certificates
from bot.slack.check import check as examine
from bot.slack.desk import Desk
from bot.slack.files import Files
from bot.slack.intake import Intake
from bot.slack.notes import Notes
from bot.slack.pace import Pace
from bot.slack.post import Poster
from bot.slack.presses import Presses, Tools
from bot.slack.readiness import Readiness
from bot.slack.serving import HttpServer
from bot.slack.socket_mode import SocketMode
from bot.slack.thinking import Thinker
from bot.slack.watchdog import watched
from bot.store.records import StoreError
from bot.store.store import Store
from bot.worker import Worker
from diagnostics.instruments import Instruments
from knowledge.library import SHIPPED, Library

log = logging.getLogger(__name__)

# Docker kills ten seconds after SIGTERM, Kubernetes and systemd later; what is not finished by then is handed on.
FINISH_SECONDS = 8.0
# How often the files of the knowledge are looked at; it takes a millisecond, and whoever edits an entry waits for it.
LIBRARY_SECONDS = 2.0


def run(settings: Settings, *, check: bool = False) -> int:
    """Run the bot until SIGTERM or SIGINT; with `check` only say whether the settings are sound. The exit status."""
    set_up(settings.log)
    if check:
        return asyncio.run(examine(settings, say=_say))
    token = _required(settings)
    try:
        return asyncio.run(serve(settings, token=token))
    except StoreError as error:
        raise SettingError(str(error)) from None


def forget(settings: Settings, user: str) -> int:
    """Delete what is kept of a person. The exit status."""

    async def delete() -> int:
        store = await Store.open(settings.database)
        try:
            return await store.forget(user)
        finally:
            await store.close()

    try:
        count = asyncio.run(delete())
    except StoreError as error:
        raise SettingError(str(error)) from None
    questions = "1 question" if count == 1 else f"{count} questions"
    _say(f"Deleted {questions} of {user}, with their answers, threads and limits. What stands in Slack stays there.")
    return 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _required(settings: Settings) -> str:
    if settings.slack_bot_token is None:
        raise SettingError(who.BOT_HELP)
    if settings.slack_app_token is None and settings.slack_signing_secret is None:
        raise SettingError(who.SIGNING_HELP)
    return settings.slack_bot_token


async def serve(settings: Settings, *, token: str) -> int:
    """Open the store, listen, find out who the bot is, and answer until the end."""
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    metrics = Metrics()
    client = plain_client(token=token, api_url=settings.slack_api_url)
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(watched())
        store = await Store.open(settings.database)
        stack.push_async_callback(store.close)
        readiness = Readiness(store=store)
        server = HttpServer(metrics=metrics, ready=readiness.lacking, for_slack=settings.slack_app_token is None)
        try:
            await server.start(settings.listen)
        except OSError as error:
            where = f"{settings.listen.host}:{settings.listen.port}"
            raise SettingError(f"PADLOCK_LISTEN has {where}, where nothing can listen: {error.strerror}") from None
        stack.push_async_callback(server.stop)
        identity = await _unless(ended, who.patiently_identify(client, app_token=settings.slack_app_token))
        if identity is None:
            return 0
        poster = readiness.poster = Poster(
            client,
            reader=patient_client(token=token, api_url=settings.slack_api_url),
            bot_user=identity.bot_user,
            metrics=metrics,
        )
        worker = await stack.enter_async_context(
            _worker(settings, token=token, store=store, poster=poster, metrics=metrics)
        )
        intake = Intake(
            store=store, metrics=metrics, bot_user=identity.bot_user, clock=time.time, on_stored=worker.wake
        )
        app = build(intake, identity=identity, signing_secret=settings.slack_signing_secret, token=token)
        worker.start()
        server.app = app
        if settings.slack_app_token is not None:
            readiness.link = SocketMode(
                app, app_token=settings.slack_app_token, client=client, metrics=metrics, monotonic=time.monotonic
            )
            readiness.link.start()
        else:
            metrics.connected.set(1)
        readiness.is_open = True
        log.info("Padlock is %s in %s", identity.bot_user, identity.team)
        await ended.wait()
        log.info("ending: what is in hand is finished first")
        server.app, readiness.is_open = None, False
        if readiness.link is not None:
            await readiness.link.stop()
        await worker.stop(seconds=FINISH_SECONDS)
    return 0


@contextlib.asynccontextmanager
async def _worker(
    settings: Settings, *, token: str, store: Store, poster: Poster, metrics: Metrics
) -> AsyncIterator[Worker]:
    """What works on the questions, presses and notes in the store."""
    try:
        instruments = Instruments(settings.options())
    except ValueError as error:
        raise SettingError(str(error)) from None
    looks = Looks(instruments, jobs=settings.jobs, store=store, metrics=metrics, clock=time.time)
    pace = Pace(monotonic=time.monotonic)
    may_hand_over = settings.support_channel is not None

    def wake() -> None:
        worker.wake()

    async with _library(settings) as library:
        thinker = Thinker(
            library=library,
            options=settings.options(),
            looks=looks,
            clock=time.time,
            may_hand_over=may_hand_over,
        )
        notes = Notes(store=store, poster=poster, pace=pace, clock=time.time, wake=wake)
        tools = Tools(
            store=store,
            poster=poster,
            pace=pace,
            looks=looks,
            thinker=thinker,
            notes=notes,
            clock=time.time,
            wake=wake,
            support_channel=settings.support_channel,
        )
        desk = Desk(
            thinker=thinker,
            certificates=Certificates(
                files=Files(token=token, api_url=settings.slack_api_url),
                instruments=instruments,
                library=library,
                clock=time.time,
                may_hand_over=may_hand_over,
            ),
            presses=Presses(tools),
            notes=notes,
            looks=looks,
            poster=poster,
            store=store,
            metrics=metrics,
            pace=pace,
            clock=time.time,
        )
        worker = Worker(
            store,
            handle=desk.work,
            owner=f"{socket.gethostname()[:40]}-{secrets.token_hex(6)}",
            metrics=metrics,
            monotonic=time.monotonic,
            clock=time.time,
            retention_days=settings.retention_days,
        )
        try:
            yield worker
        finally:
            looks.close()


async def _unless(ended: asyncio.Event, work: Coroutine[object, object, who.Identity]) -> who.Identity | None:
    """The result of the work, or None where the end comes first."""
    task, end = asyncio.ensure_future(work), asyncio.ensure_future(ended.wait())
    await asyncio.wait({task, end}, return_when=asyncio.FIRST_COMPLETED)
    end.cancel()
    if task.done():
        return task.result()
    task.cancel()
    return None


@contextlib.asynccontextmanager
async def _library(settings: Settings) -> AsyncIterator[Callable[[], Library]]:
    """The knowledge, read anew in the background when its files change."""
    held = [await asyncio.to_thread(Library.load, *SHIPPED, *settings.knowledge)]
    held[0].search("why does https not work")  # the index is made with the first search

    async def watch() -> None:
        while True:
            await asyncio.sleep(LIBRARY_SECONDS)
            try:
                if await asyncio.to_thread(held[0].stale):
                    held[0] = await asyncio.to_thread(_read_anew, held[0])
                    log.info("the knowledge has changed and was read anew")
            except OSError as error:  # a folder that is being replaced
                log.warning("the knowledge could not be read anew: %s", error)

    task = asyncio.create_task(watch(), name="watch the knowledge")
    try:
        yield lambda: held[0]
    finally:
        task.cancel()


def _read_anew(library: Library) -> Library:
    """The knowledge as it is now, ready to be searched; of a broken file what it held before."""
    new = library.reload()
    for problem in new.problems:
        log.warning("%s", problem)
    new.search("why does https not work")
    return new
