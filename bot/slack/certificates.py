"""Examines certificate files that somebody has sent, as `padlock cert` does; nothing of them is kept."""

import asyncio
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.redaction import begins_key
from bot.render.rich_text import SlackMessage
from bot.render.slack import sentence
from bot.render.slack_buttons import Buttons
from bot.report import Report
from bot.slack import words
from bot.slack.files import Files, NotFetched
from bot.slack.incoming import may_be_certificate
from bot.slack.press import Press
from bot.slack.thought import Thought, dumped
from bot.store.records import Answered, Claim

if TYPE_CHECKING:
    from bot.cert_report import CertReport
    from diagnostics.files import FileContents
    from diagnostics.instruments import Instruments
    from knowledge.library import Library

FILES_MOST = 5
OUTCOME = "certificate"


class Certificates:
    """Answers direct messages that came with files."""

    def __init__(
        self,
        *,
        files: Files,
        instruments: "Instruments",
        library: Callable[[], "Library"],
        clock: Callable[[], float],
        may_hand_over: bool,
    ) -> None:
        self._files = files
        self._instruments = instruments
        self._library = library
        self._clock = clock
        self._may_hand_over = may_hand_over

    async def think(self, claim: Claim) -> Thought:
        """What is to be said of the files."""
        press = Press.loads(claim.text)
        wanted = [file for file in press.files if may_be_certificate(file)]
        if not wanted:
            return Thought.saying(words.NO_CERTIFICATE, outcome=OUTCOME)
        contents: dict[str, bytes] = {}
        said: list[str] = []
        for file in wanted[:FILES_MOST]:
            try:
                contents[_free(file.name, contents)] = await self._files.fetch(file)
            except NotFetched as failure:
                said.append(words.not_read(file.name, why=str(failure)))
        if len(wanted) > FILES_MOST:
            said.append(words.more_files(FILES_MOST))
        report = await asyncio.to_thread(self._examined, contents, press.words) if contents else None
        if report is None:
            return Thought.saying("\n\n".join(said), outcome=OUTCOME)
        said += [words.locked(file.name) for file in report.files if file.locked is not None]
        key_sent = any(begins_key(content.decode("latin-1")) for content in contents.values())
        return self._thought(report, claim=claim, key_sent=key_sent or begins_key(press.words), said=said)

    def _examined(self, contents: dict[str, bytes], beside: str) -> "CertReport":
        from bot.answer import explaining
        from bot.cert_report import CertReport
        from bot.understand import understand
        from diagnostics.files import read_file
        from diagnostics.files_diagnosis import diagnosis_of
        from diagnostics.judge_files import judge_files

        started = datetime.fromtimestamp(self._clock(), UTC)
        read: tuple[FileContents, ...] = tuple(read_file(data, name=name) for name, data in contents.items())
        named = understand(beside).targets
        host = named[0].host if named else None
        judged = judge_files(read, key=None, host=host, store=self._instruments.roots, at=started)
        diagnosis = diagnosis_of(
            judged,
            text=" ".join(contents),
            host=host,
            started=started,
            seconds=max(0.0, self._clock() - started.timestamp()),
            roots=self._instruments.roots_name,
        )
        articles = explaining(diagnosis, find=self._library().get)
        report = Report(target=diagnosis.facts.text, diagnosis=diagnosis, articles=articles)
        return CertReport(report=report, judged=judged, files=read, at=started)

    def _thought(self, report: "CertReport", *, claim: Claim, key_sent: bool, said: Sequence[str]) -> Thought:
        from bot.render.cert_json import cert_object
        from bot.render.slack_certificate import certificate

        under = Buttons(question=claim.id, feedback=True, hand_over=self._may_hand_over)
        shown = certificate(report, key_sent=key_sent, buttons=under)
        if said:
            shown = (_above(sentence("\n\n".join(said)), shown[0]), *shown[1:])
        made_of = Answered(
            public=True,
            reports=json.dumps([cert_object(report)]),
            messages=dumped(shown),
            cause=report.report.diagnosis.cause,
            looked_at=self._clock(),
        )
        return Thought(messages=shown, outcome=OUTCOME, conversation=claim.conversation, made_of=made_of)


def _above(said: SlackMessage, message: SlackMessage) -> SlackMessage:
    return SlackMessage(text=f"{said.text}\n{message.text}", blocks=(*said.blocks, *message.blocks))


def _free(name: str, taken: dict[str, bytes]) -> str:
    """A name of its own for each file; a phone calls every picture and file the same."""
    free, number = name, 2
    while free in taken:
        free, number = f"{name} ({number})", number + 1
    return free
