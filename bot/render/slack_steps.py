"""What Padlock is doing about a question, step by step, while the answer is not ready."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bot.render.rich_text import Json, SlackMessage, block, escaped, plain, sections, small_print
from bot.render.slack_report import masked
from diagnostics.catalogue import CheckName
from diagnostics.judge import Check, CheckStatus
from diagnostics.plain_text import neutralise, safe_host

# A title is read at a glance; Slack takes 256 characters.
HOST_LONGEST = 150
DETAIL_LONGEST = 150
# As many as are looked at for one message.
HOSTS_MOST = 5
NOTHING_NAMED = "Looking for an answer…"


class _Words(NamedTuple):
    ahead: str
    now: str
    passed: str
    warned: str
    failed: str
    skipped: str


# The statuses of Slack are told by their signs alone, so the words say them too.
_WORDS = {
    CheckName.DNS: _Words(
        "Name", "Looking up the name", "Name found", "Name found, with a warning", "Name: a fault", "Name: left out"
    ),
    CheckName.TCP: _Words(
        "Connection", "Connecting", "Connected", "Connected, with a warning", "Connection: a fault",
        "Connection: left out",
    ),
    CheckName.HANDSHAKE: _Words(
        "Encrypted connection", "Agreeing on encryption", "Encrypted connection made",
        "Encrypted connection made, with a warning", "Encrypted connection: a fault", "Encrypted connection: left out",
    ),
    CheckName.CERTIFICATE: _Words(
        "Certificate", "Examining the certificate", "Certificate in order", "Certificate: a warning",
        "Certificate: a fault", "Certificate: left out",
    ),
    CheckName.REDIRECT: _Words(
        "Redirects", "Following the redirects", "Redirects in order", "Redirects: a warning", "Redirects: a fault",
        "Redirects: left out",
    ),
}  # fmt: skip
# What is left out does not come any more, so it is complete and not pending.
_STATUSES = {
    CheckStatus.PASSED: "complete",
    CheckStatus.WARNED: "complete",
    CheckStatus.FAILED: "error",
    CheckStatus.SKIPPED: "complete",
}


class _Step(NamedTuple):
    name: CheckName
    title: str
    status: str
    detail: str


def steps(progress: Sequence[tuple[str, Sequence[Check]]], *, ahead: int) -> SlackMessage:
    """The steps of each host as plans: `progress` has each target with its checks that have ended.

    `ahead` is how many looks come before this one.
    """
    blocks: list[Json] = []
    for place, (target, checks) in enumerate(progress[:HOSTS_MOST]):
        tasks = [_card(step, place=place) for step in _steps(checks)]
        blocks.append({"type": "plan", "title": _heading(target), "tasks": tasks})
    if not blocks:
        blocks += block(sections([plain(NOTHING_NAMED)]))
    if ahead > 0:
        blocks.append(small_print(_queue(ahead)))
    return SlackMessage(text=steps_plain(progress, ahead=ahead).text, blocks=tuple(blocks))


def steps_plain(progress: Sequence[tuple[str, Sequence[Check]]], *, ahead: int) -> SlackMessage:
    """The same as plain lines, for where Slack refuses plans."""
    lines: list[str] = []
    for target, checks in progress[:HOSTS_MOST]:
        lines.append(_heading(target))
        lines += map(_line, _steps(checks))
    if ahead > 0:
        lines.append(_queue(ahead))
    return SlackMessage(text=escaped("\n".join(lines or [NOTHING_NAMED])))


def _steps(checks: Sequence[Check]) -> Iterator[_Step]:
    """All five steps: those that have ended, the one that is being taken, those to come."""
    ended = {check.name: check for check in checks}
    at_work = False
    for name, words in _WORDS.items():
        check = ended.get(name)
        if check is not None:
            title = getattr(words, check.status.value)
            detail = "" if check.status is CheckStatus.SKIPPED else _detail(check)
            yield _Step(name, title, _STATUSES[check.status], detail)
        elif not at_work:
            at_work = True
            yield _Step(name, words.now, "in_progress", "")
        else:
            yield _Step(name, words.ahead, "pending", "")


def _card(step: _Step, *, place: int) -> Json:
    card: Json = {
        "type": "task_card",
        "task_id": f"{place}-{step.name.value}",
        "title": step.title,
        "status": step.status,
    }
    for details in block(sections([plain(step.detail)])):
        card["details"] = details
    return card


def _line(step: _Step) -> str:
    if step.status == "pending":
        return f"- {step.title}: to come"
    if step.status == "in_progress":
        return f"- {step.title}…"
    return f"- {step.title} ({step.detail})" if step.detail else f"- {step.title}"


def _detail(check: Check) -> str:
    """What was seen, without addresses that are not public, for everybody in the channel reads it."""
    return neutralise(masked(check.detail), limit=DETAIL_LONGEST)


def _heading(target: str) -> str:
    return f"Looking at {neutralise(safe_host(target), limit=HOST_LONGEST) or '(no name)'}"


def _queue(ahead: int) -> str:
    return f"There are {ahead} looks before it." if ahead > 1 else "There is one look before it."
