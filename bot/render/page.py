"""A sheet of terminal text: headings, paragraphs and lists, broken at a width, coloured or not."""

from collections.abc import Sequence
from enum import StrEnum

from bot.render.columns import columns, pad, wrap

INDENT = "  "
# A last cell that is narrower than this is no table any more; then the cells follow each other.
NARROWEST_CELL = 16


class Style(StrEnum):
    """How a stretch of text looks; the value is its SGR code (ECMA-48 §8.3.117), nothing for plain."""

    PLAIN = ""
    STRONG = "1"
    FAINT = "2"
    GOOD = "1;32"
    DOUBTFUL = "1;33"
    BAD = "1;31"


class Page:
    """Collects lines; what it is given must be neutralised before, as it adds the only control characters there are."""

    def __init__(self, *, width: int | None, colour: bool) -> None:
        self.width = width
        self.colour = colour
        self._lines: list[str] = []

    def text(self) -> str:
        """Everything that was written, without blank lines around it."""
        return "\n".join(self._lines).strip("\n")

    def gap(self) -> None:
        """A blank line, unless there is one."""
        if self._lines and self._lines[-1]:
            self._lines.append("")

    def heading(self, text: str, *, note: str = "") -> None:
        """A blank line and a bold line; a note stands beside it, faint."""
        self.gap()
        lead = f"{text} ({note})" if note else text
        self.paragraph(lead, style=Style.STRONG)

    def paragraph(
        self,
        text: str,
        *,
        first: str = "",
        rest: str | None = None,
        style: Style = Style.PLAIN,
        keep_links: bool = False,
    ) -> None:
        """Text broken at the page's width; `first` leads its first line and `rest` (else as many spaces) the others."""
        hanging = " " * columns(first) if rest is None else rest
        for line in wrap(text, width=self.width, first=first, rest=hanging, keep_links=keep_links):
            self._lines.append(self._painted(line, style))

    def labelled(self, label: str, text: str, *, style: Style) -> None:
        """A coloured label and text beside it, which goes on below the label's first column."""
        lines = list(wrap(text, width=self.width, first=label + " ", rest=INDENT))
        self._lines.append(self._painted(label, style) + lines[0][len(label) :])
        self._lines += lines[1:]

    def steps(self, steps: Sequence[str], *, lead: str = INDENT) -> None:
        """A numbered list."""
        for number, step in enumerate(steps, start=1):
            self.paragraph(step, first=f"{lead}{number}. ", keep_links=True)

    def row(self, cells: Sequence[str], *, widths: Sequence[int], style: Style = Style.PLAIN) -> None:
        """A row of a table: every cell but the last padded to its width, the last broken below itself."""
        lead = INDENT + "".join(pad(cell, width) + INDENT for cell, width in zip(cells[:-1], widths, strict=True))
        if self.width is not None and self.width - columns(lead) < NARROWEST_CELL:
            self.paragraph(" ".join(cells), first=INDENT, rest=INDENT * 2)
            return
        first, *rest = wrap(cells[-1], width=self.width, first=lead, rest=" " * columns(lead))
        label = INDENT + cells[0]
        painted = INDENT + self._painted(cells[0], style) + first[len(label) :] if first.startswith(label) else first
        self._lines += [painted, *rest]

    def verbatim(self, text: str, *, lead: str = INDENT * 2) -> None:
        """Lines as they are, such as a configuration to copy: broken lines would no longer work."""
        self._lines += [(lead + line).rstrip() for line in text.splitlines()]

    def _painted(self, text: str, style: Style) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self.colour and style and text else text
