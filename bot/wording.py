"""What Padlock says in its own words, in Markdown."""

import re
from collections.abc import Sequence

HELP = """\
Ask me why HTTPS does not work, and name the host. I look at it and say what is wrong, how I know, and what to do.

- `why does https not work on shop.example.com?`
- `check shop.example.com:8443`
- `how do I force https?`
- an error message as you see it, such as `NET::ERR_CERT_DATE_INVALID`

After an answer, say `check again`, `why?`, `details` or `and www?`.
"""
SMALL_TALK = {
    "greeting": "Hello. Ask me about HTTPS, or name a host to look at.",
    "thanks": "You are welcome.",
    "farewell": "Goodbye.",
    "help": HELP,
}
MORE_STEPS = "For the steps on each platform, ask `how do I fix it?`."
NO_PAGE = "I have no page that explains this one."
DID_YOU_MEAN = "I am not sure which of these you mean:"
NAME_A_HOST = "If you name the host, such as `shop.example.com`, I look at it."
NO_HOST_YET = "Which host? Name it, such as `check shop.example.com`, and I look at it."
KEY_EXPOSED = (
    "**Your message contains a private key.** Whoever has seen it can pass for your site. I have not kept it. Have the "
    "certificate revoked, and get a new one with a new key."
)

KEY_GOES_ON = "What follows is passed over, up to the line in which the key ends."
GOOD_TO_HEAR = "Good to hear. Whenever it fails, name the host, and I look at it."
LEFT_ALONE = "I have not looked at it. If I should, say `check` and the name of the host."


def unknown(nearby: Sequence[str]) -> str:
    """That no entry answers, what is known nearby, and how to ask so that it may."""
    lines = ["I don't know that one."]
    if nearby:
        lines += ["", "What I do know:", "", *(f"- {escape(question)}" for question in nearby)]
    lines += [
        "",
        "It helps to name the host (`is https broken on shop.example.com?`) or to paste the error message as you see "
        "it. Otherwise ask the people who support you.",
    ]
    return "\n".join(lines)


def looked_at(*targets: str) -> str:
    """Which hosts a follow-up was taken to mean."""
    return f"I looked at {' and '.join(map(code, targets))}."


def nothing_to_explain(targets: Sequence[str]) -> str:
    """That no fault was found on the hosts."""
    hosts = " and ".join(code(target) for target in targets)
    return f"I found nothing wrong with HTTPS on {hosts}, so there is nothing to explain."


def address_has_no_neighbours(host: str) -> str:
    """That an address has no names beside it."""
    return f"{code(host)} is an address, and only names have others such as www beside them. Name the host you mean."


def link_leads_elsewhere(shown: str, host: str) -> str:
    """That a link shows one host and leads to another."""
    return f"A link in your message shows {code(shown)} and leads to {code(host)}. I looked at {code(host)}."


def left_out(count: int, *, most: int) -> str:
    """That a message named too many hosts."""
    return (
        f"You named {most + count} hosts. I looked at the first {most}; for a whole list, use `padlock check --file`."
    )


def escape(text: str) -> str:
    """A text so that Markdown shows it as it is, on one line."""
    return re.sub(r"([\\`*_\[\]<>#~|!&])", r"\\\1", " ".join(text.split()))


def code(text: str) -> str:
    """A text in Markdown's code form."""
    return f"`{' '.join(text.replace('`', '').split())}`"
