"""Writes the prepared index; run `python -m knowledge.prepare` after a phrase, a decoy or terms.toml has changed."""

from knowledge.library import PREPARED, Library
from knowledge.match import Index, load_near_misses


def fresh() -> str:
    """The prepared index of the files as they are now."""
    library = Library.load()
    return Index(library.phrases, library.decoys, near_misses=load_near_misses()).prepared()


if __name__ == "__main__":
    PREPARED.write_text(fresh(), "utf-8")
