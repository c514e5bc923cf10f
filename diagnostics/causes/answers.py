"""What the host answers over HTTPS, at the end of its own redirects."""

from diagnostics.facts import AddressFacts, Facts, HttpAnswer, HttpOutcome, Trace
from diagnostics.location import read_url
from diagnostics.providers import meaning_of

# What web servers say to plain HTTP on a port that expects TLS: nginx (400, within it 497), Apache, Go.
_WRONG_PORT_WORDS = (
    b"plain http request was sent to https port",
    b"speaking plain http to an ssl-enabled server port",
    b"client sent an http request to an https server",
)
_WRONG_PORT_STATUSES = (400, 497)


def expects_tls(answer: HttpAnswer) -> bool:
    """Whether a server says that plain HTTP was sent to its HTTPS port."""
    body = answer.body.lower()
    return answer.status in _WRONG_PORT_STATUSES and any(words in body for words in _WRONG_PORT_WORDS)


def front(facts: Facts) -> list[tuple[AddressFacts, HttpAnswer]]:
    """What each address with a working handshake answered to GET / over TLS."""
    return [(address, address.http) for address in facts.shook_hands if address.http is not None]


def final(facts: Facts) -> list[tuple[AddressFacts, HttpAnswer]]:
    """The same, after the redirects that stay on the host; nothing for those that lead away or nowhere."""
    answers = []
    for address, answer in front(facts):
        if not answer.redirects:
            answers.append((address, answer))
            continue
        trace = next((t for t in facts.traces if t.ip == address.ip and t.start.startswith("https://")), None)
        if trace is not None and trace.answer is not None and not trace.answer.redirects and stays(facts, trace):
            answers.append((address, trace.answer))
    return answers


def stays(facts: Facts, trace: Trace) -> bool:
    """Whether a trace ends on the host's own HTTPS."""
    link = read_url(trace.last_url)
    return (
        link is not None and link.scheme == "https" and (link.target.host, link.target.port) == (facts.host, facts.port)
    )


def with_meaning(facts: Facts, code: str) -> list[tuple[AddressFacts, HttpAnswer]]:
    """The answers whose status is a known provider's own, for this cause."""
    answered = [(a, answer) for a, answer in final(facts) if answer.outcome is HttpOutcome.ANSWERED]
    return [
        (a, answer) for a, answer in answered if (found := meaning_of(facts, answer)) is not None and found[1] == code
    ]


def for_whom(facts: Facts, failing: int) -> str:
    """For whom it is broken where so many addresses answer so: visitors get one of the addresses by chance."""
    if failing < len(facts.shook_hands):
        return "Other addresses of the host answer properly, so it is broken for some visitors, by chance."
    return "It is broken for everyone."


def path_of(answer: HttpAnswer) -> str:
    """Which page of the host an answer is to."""
    path = answer.url.partition("://")[2].partition("/")[2]
    return f"/{path}"[:80]
