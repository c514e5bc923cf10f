"""What Padlock says in Slack beside its answers: Markdown, and messages where somebody is named."""

from bot import wording
from bot.looks import Limited
from bot.render.rich_text import Part, SlackMessage, block, link, messages, person, plain, sections

INTERRUPTED = (
    "I could not check this, because I was interrupted twice while I looked. Please ask again; if it happens once "
    "more, tell the people who run this Padlock."
)
BROKEN = (
    "I could not check this, because something in Padlock itself failed, twice. It says nothing about the host. "
    "Please tell the people who run this Padlock, with the time of your question."
)
WHY_ALONE = "For you alone, because it tells of a network that is not public."
WHY_DETAILS = "For you alone, so that the others need not scroll past it."

# What a press leads to, told to the presser alone.
PRESS_FAILED = (
    "That did not work, because something in Padlock itself failed, twice. Please tell the people who run this "
    "Padlock, with the time at which you pressed."
)
NO_LONGER_KEPT = (
    "I no longer have what that answer was made of. Please ask again, and use the buttons of the new answer."
)
NOT_HERE = (
    "That button belongs to an answer in another place, so I have done nothing. Please use the buttons of an answer "
    "that stands here."
)
NOTHING_TO_CHECK = "There is no host in this answer that I could look at again. Please ask once more, and name a host."
NOTHING_MORE = "There is nothing more to show for this answer."
NO_SUCH_ENTRY = "That entry is no longer in the knowledge. Please ask again."
HELPFUL = "Thanks, noted: it was helpful. If you change your mind, press the other button."
UNHELPFUL = (
    "Thanks, noted: it was not helpful. You can ask again in other words, or with the name of the host or the error "
    "message. If you change your mind, press the other button."
)
NO_SUPPORT = (
    "There is no support channel any more, so this cannot be handed over. Please ask the people who run this Padlock "
    "whom to turn to."
)
BEING_HANDED_OVER = (
    "This is being handed over already. If nothing comes of it within a minute, I cannot post in the support channel; "
    "then please tell the people who run this Padlock."
)
NOT_HANDED_OVER = (
    "I could not hand this over, because I cannot post in the support channel. Please tell the people who run this "
    "Padlock."
)
SHARED_ALREADY = "This answer has been shared in the channel already."
IN_CHANNEL_ALREADY = "This answer stands where everybody in the channel sees it."

# In the place of, or in, an answer.
LOOKING_AGAIN = "Looking again…"
SHORTER = "(The answer above has become shorter, so this part of it is gone.)"

# About files.
NO_CERTIFICATE = (
    "I can examine certificate files: `.pem`, `.crt`, `.cer`, `.der`, `.p7b` and `.pfx`. Send one here, and name the "
    "host it is for, if you like. Never send a private key. Other files I cannot read; paste an error message as text."
)


def limited(reached: Limited) -> str:
    """That somebody, or everybody together, has asked too much."""
    minutes = max(1, round(reached.seconds / 60))
    when = f"in {minutes} minutes" if minutes > 1 else "in a minute"
    who = {
        "person": "You have had very many hosts looked at in the last minutes",
        "channel": "Very many hosts have been looked at for this channel in the last minutes",
        "target": f"{wording.code(reached.host)} has been looked at very often in the last minutes",
    }[reached.limit.name]
    return f"I could not check this, because of a limit. {who}. Please ask again {when}."


def you_asked(text: str) -> str:
    """The question that somebody pressed, so that its answer stands under something."""
    return f"You asked: {wording.escape(text)}"


def not_read(name: str, *, why: str) -> str:
    """That a file could not be examined."""
    return f"I could not examine {wording.code(name)}: {why}."


def locked(name: str) -> str:
    """What to do with a file that a password protects."""
    return (
        f"{wording.code(name)} is protected with a password, so I cannot look inside. Do not send the password here: "
        f"whoever reads it could open the file. Examine it on your own computer with `padlock cert`, which asks for "
        "the password in the terminal."
    )


def more_files(most: int) -> str:
    """That too many files came at once."""
    return f"I examined the first {most} files. Please send the others in a further message."


def only_for(asker: str) -> SlackMessage:
    """That something is shown to its asker alone."""
    return _of(
        [plain("Only "), person(asker), plain(" can see and use this. Ask me yourself, and the answer is yours.")],
        text="Only its asker can use this. Ask me yourself, and the answer is yours.",
    )


def handed_over_already(by: str, *, message: str | None) -> SlackMessage:
    """That a question was handed over before."""
    where = link("the support channel", message)
    parts = [person(by), plain(" has handed this over already. It stands in "), where, plain(".")]
    return _of(parts, text="This has been handed over already.")


def taken_already(by: str) -> SlackMessage:
    """That somebody else looks after a question."""
    return _of([person(by), plain(" has taken this already.")], text="This has been taken already.")


def solved_already(by: str) -> SlackMessage:
    """That a question is solved."""
    return _of([person(by), plain(" has solved this already.")], text="This has been solved already.")


def asked_by(sharer: str, question: str) -> SlackMessage:
    """Above an answer that is shared: who shares it, and what was asked."""
    parts = [person(sharer), plain(" shares an answer of mine. The question was: "), plain(question)]
    return _of(parts, text=f"An answer is shared. The question was: {question}")


def _of(parts: list[Part], *, text: str) -> SlackMessage:
    return messages(list(block(sections(parts))), text=text, cut="")[0]
