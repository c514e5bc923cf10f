"""Makes text from outside safe to show: one line, nothing hidden in it, no longer than asked."""

import re
import unicodedata

import idna

_ELLIPSIS = "…"

# Drawn as nothing although Unicode counts them as letters, marks or symbols: the default-ignorable code points
# (Unicode's DerivedCoreProperties) that str.isprintable lets through, and the blank Braille pattern.
_DRAWN_AS_NOTHING = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff]"
)


def neutralise(text: str, *, limit: int) -> str:
    """Show what is hidden in a text as `<U+202E>`, on one line of at most `limit` characters.

    Control characters and line breaks, ANSI and bidi controls, zero-width and otherwise invisible characters, lone
    surrogates and code points without a meaning are made visible. What is too long ends in `…`, never within a
    `<U+…>`. The surface that shows it still has to escape what is special to it.
    """
    if len(text) <= limit and text.isascii() and text.isprintable():
        return text  # as nearly all of it is
    pieces: list[str] = []
    length = 0
    for character in text[: limit + 1]:  # a piece is never shorter than its character
        pieces.append(_visible(character))
        length += len(pieces[-1])
        if length > limit:
            break
    else:
        return "".join(pieces)
    while pieces and length > limit - len(_ELLIPSIS):
        length -= len(pieces.pop())
    return "".join(pieces) + _ELLIPSIS


def _visible(character: str) -> str:
    # The ideographic space is no more hidden than the ASCII one, and usual in names of East Asian organisations.
    printable = character.isprintable() or character == "\u3000"
    if printable and not _DRAWN_AS_NOTHING.match(character):
        return character
    return f"<U+{ord(character):04X}>"


_LONGEST_HOST = 253


def safe_host(host: str) -> str:
    """A host for people: an international name in its own letters with the A-labels behind, else as it is.

    Names that may pass for others (mixed scripts, look-alike letters) and those written from right to left, which
    would rearrange the text around them, stay A-labels alone; after UTS 39 §5 and what browsers do.
    """
    if len(host) > _LONGEST_HOST or not re.fullmatch("[a-z0-9_.:-]+", host):
        return neutralise(host, limit=_LONGEST_HOST)
    readable = ".".join(_readable(label) for label in host.split("."))
    return host if readable == host else f"{readable} ({host})"


def _readable(label: str) -> str:
    """A label in its own letters where these are harmless."""
    if not label.startswith("xn--"):
        return label
    try:
        letters = idna.ulabel(label)
    except UnicodeError:  # idna's errors are of this kind
        return label
    return letters if _is_harmless(letters) else label


# Letters of other scripts that look like Latin ones: a label of nothing else passes for a Latin one.
_LOOK_ALIKES = frozenset("асԁеһіјӏорԛѕԝхуъьҽпгѵѡ" + "αγηικνορτυχω")
# Latin-1, Latin Extended-A, Romanian and Vietnamese, without the dotless i and kra, which pass for i and k.
_LATIN = re.compile("[a-z0-9ß-öø-ÿā-įĳ-ķĺ-žșțơưạ-ỹ-]+")
_COMMON = frozenset("0123456789-")
_EAST_ASIAN = frozenset({"CJK", "IDEOGRAPHIC", "HIRAGANA", "KATAKANA"})
_ALONE = ({"CYRILLIC"}, {"GREEK"}, {"HANGUL"}, {"DEVANAGARI"}, {"THAI"})


def _is_harmless(label: str) -> bool:
    letters = set(label) - _COMMON
    if _LATIN.fullmatch(label):
        return True
    if letters <= _LOOK_ALIKES:
        return False
    scripts = {unicodedata.name(letter, "").partition(" ")[0].partition("-")[0] for letter in letters}
    return scripts <= _EAST_ASIAN or scripts in _ALONE
