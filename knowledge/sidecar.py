"""Reads `<stem>.asks.toml`: how people ask for the entries of the FAQ file beside it, and what they ask in vain."""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from knowledge.lists import read_toml
from knowledge.source import Remark

SUFFIX = ".asks.toml"
_LISTS = ("aliases", "translations", "terms", "leads")


class Asks(NamedTuple):
    """How people ask for one entry; `leads` are sets of terms that lead to it whatever else is said."""

    phrases: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    leads: tuple[str, ...] = ()


class Sidecar(NamedTuple):
    """What a sidecar holds: for each entry's id in the file, and for the file as a whole."""

    entries: Mapping[str, Asks] = MappingProxyType({})
    decoys: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()
    broken: bool = False


def read_sidecar(text: str) -> Sidecar:
    """The sidecar's content; what is of a wrong form is left out and said."""
    try:
        data = read_toml(text)
    except (ValueError, RecursionError) as error:
        line = re.search(r"line (\d+)", str(error))
        what = f"this is no TOML: {str(error).split(' (at')[0]}"
        remark = Remark(int(line[1]) if line else 1, what, "Mend the line; text stands in quotes, lists in [ ].")
        return Sidecar(remarks=(remark,), broken=True)
    entries: dict[str, Asks] = {}
    decoys: tuple[str, ...] = ()
    remarks: list[Remark] = []

    def strings(value: object, name: str) -> tuple[str, ...]:
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(item for item in value if item.strip())
        remarks.append(Remark(_line(text, name), f"{name} is no list of texts", f'Write {name} = ["…", "…"].'))
        return ()

    for key, value in data.items():
        if key == "decoys":
            decoys = strings(value, key)
        elif isinstance(value, dict):
            lists = {name: strings(value[name], name) for name in _LISTS if name in value}
            for unknown in sorted(set(value) - set(_LISTS)):
                remarks.append(
                    Remark(_line(text, unknown), f"{unknown} is not known here", f"Use {', '.join(_LISTS)}.")
                )
            phrases = lists.get("aliases", ()) + lists.get("translations", ())
            entries[key] = Asks(phrases, lists.get("terms", ()), lists.get("leads", ()))
        else:
            remarks.append(
                Remark(
                    _line(text, key),
                    f"{key} is not known here",
                    "Use decoys, or a table [id] for each entry.",
                )
            )
    return Sidecar(entries, decoys, tuple(remarks))


def unknown_entries(sidecar: Sidecar, text: str, ids: frozenset[str]) -> Iterator[Remark]:
    """A remark for each table of the sidecar that belongs to no entry of its file."""
    for name in sidecar.entries:
        if name not in ids:
            remedy = f"The file's ids are: {', '.join(sorted(ids)[:10]) or 'none'}."
            yield Remark(_line(text, name), f"there is no entry {name!r} in the FAQ file", remedy)


def _line(text: str, name: str) -> int:
    match = re.search(rf"^\s*\[?\s*[\"']?{re.escape(name)}[\"']?\s*[\]=]", text, re.M)
    return text.count("\n", 0, match.start()) + 1 if match else 1
