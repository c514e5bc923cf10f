"""Text measured and broken by the columns it takes in a terminal."""

from collections.abc import Iterator


def columns(text: str) -> int:
    """How many columns a printable text takes; a Chinese character takes two, a combining accent none."""
    if text.isascii():
        return len(text)
    from wcwidth import wcwidth  # its tables cost more to load than an English answer costs to print

    # Character by character, so that a text's width is the sum of its parts': a terminal that joins emoji shows less.
    return sum(max(wcwidth(character), 0) for character in text)


def pad(text: str, width: int) -> str:
    """The text, with spaces up to a width in columns."""
    return text + " " * max(width - columns(text), 0)


def wrap(text: str, *, width: int | None, first: str = "", rest: str = "", keep_links: bool = False) -> Iterator[str]:
    """The text in lines of at most `width` columns (None: one line), the first led by `first`, others by `rest`.

    A word that is too long is broken, and so is Chinese, which has no spaces; with `keep_links` a web address stays
    whole, so that a terminal still recognises it.
    """
    words = text.split()
    if width is None:
        yield first + " ".join(words)
        return
    line, lead = "", first
    for word in words:
        gap = " " if line else ""
        if columns(lead) + columns(line) + len(gap) + columns(word) <= width:
            line += gap + word
            continue
        link = keep_links and word.lstrip("(<").startswith(("http://", "https://"))
        if link or (word.isascii() and columns(rest) + columns(word) <= width):
            pieces = [word]
        else:
            # What has no spaces of its own goes on in the line that was begun.
            room = width - columns(lead) - columns(line) - len(gap)
            begins_here = not line or not word.isascii()
            pieces = list(_pieces(word, first=room if begins_here else 0, rest=width - columns(rest)))
            line += gap + pieces[0] if pieces[0] else ""
            pieces = pieces[1:]
        size = columns(pieces[0]) if pieces else 0
        if not line and lead.strip() and columns(rest) + size <= width < columns(lead) + size:
            yield lead.rstrip()  # the lead alone, where what it leads fits only below it
            lead = rest
        for piece in pieces:
            if line:
                yield lead + line
                lead = rest
            line = piece
    yield (lead + line).rstrip()


def _pieces(word: str, *, first: int, rest: int) -> Iterator[str]:
    """The word cut: the first piece takes at most `first` columns, maybe none, and every other at most `rest`."""
    piece, used, room = "", 0, first
    for character in word:
        size = columns(character)
        if used + size > room and (piece or room == first):
            yield piece
            piece, used, room = "", 0, max(rest, 2)
        piece += character
        used += size
    yield piece
