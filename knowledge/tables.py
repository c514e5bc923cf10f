"""Reads the cells of an HTML table."""

import re
from html.parser import HTMLParser

_SKIPPED = ("script", "style", "iframe")


def rows_of(source: str) -> list[list[str]]:
    """The table's rows, each cell one line of Markdown; a cell that spans several stands in the first."""
    reader = _Reader()
    reader.feed(source)
    reader.close()
    return [row for row in reader.rows if any(row)]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.rows: list[list[str]] = []
        self._cell: list[str] | None = None
        self._skipping = 0
        self._spans: dict[int, int] = {}
        self._width = 1
        self._height = 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SKIPPED:
            self._skipping += 1
        elif tag == "tr":
            self._finish()
            self.rows.append([])
            self._fill()
        elif tag in ("td", "th"):
            self._finish()
            if not self.rows:
                self.rows.append([])
            self._cell = []
            values = dict(attrs)
            self._width, self._height = _span(values.get("colspan")), _span(values.get("rowspan"))
        elif self._cell is not None and tag in ("br", "li", "p", "div"):
            if "".join(self._cell).strip():
                self._cell.append("; " if tag == "li" else " ")
        elif self._cell is not None:
            self._cell.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SKIPPED:
            self._skipping = max(0, self._skipping - 1)
        elif tag in ("td", "th", "tr", "table"):
            self._finish()
        elif self._cell is not None and tag not in ("li", "p", "div", "ul", "ol"):
            self._cell.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if self._cell is not None and not self._skipping:
            self._cell.append(data)

    def handle_entityref(self, name: str) -> None:
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.handle_data(f"&#{name};")

    def _finish(self) -> None:
        if self._cell is None:
            return
        row = self.rows[-1]
        text = re.sub(r"(?<!\\)\|", r"\\|", " ".join("".join(self._cell).split()))
        for extra in range(self._width):
            if self._height > 1:
                self._spans[len(row)] = self._height - 1
            row.append(text if not extra else "")
        self._cell = None
        self._fill()

    def _fill(self) -> None:
        """Leaves the places empty that a cell of an earlier row reaches down to."""
        row = self.rows[-1]
        while self._spans.get(len(row), 0) > 0 and len(row) < 100:
            self._spans[len(row)] -= 1
            row.append("")


def _span(value: str | None) -> int:
    # 50 columns or rows: more is a mistake or an attack on memory.
    return min(int(value), 50) if value and value.isdigit() and len(value) < 4 and int(value) > 0 else 1
