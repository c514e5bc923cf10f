"""The quick reader of lists against the standard library's."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import knowledge
from knowledge.lists import _plain, read_toml

HERE = Path(knowledge.__file__).parent
PIECES = [
    "a", '"b c"', " = ", "=", "[", "]", "\n", ", ", ",", '"x"', '"', "#c\n", "[t]\n", '["q.1"]\n', "k = [\n",
    '"é"', "\\", "1", "'", "\t",
]  # fmt: skip


@pytest.mark.parametrize("path", sorted(HERE.rglob("*.toml")), ids=lambda path: path.name)
def test_our_own_files_are_read_the_quick_way_and_read_right(path: Path) -> None:
    text = path.read_text("utf-8")
    assert _plain(text) == tomllib.loads(text)


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_what_the_quick_reader_takes_it_reads_as_the_standard_library_does(text: str) -> None:
    found = _plain(text)
    if found is not None:
        assert found == tomllib.loads(text)


def test_other_toml_is_read_too() -> None:
    assert read_toml("a = 'x'\r\nb = [1, \"y\\n\"]\r\n") == {"a": "x", "b": [1, "y\n"]}


def test_what_is_no_toml_is_refused() -> None:
    with pytest.raises(tomllib.TOMLDecodeError):
        read_toml('a = ["x" "y"]')
