"""Time and memory of a search at several sizes, beside rapidfuzz over the same phrases in the same run.

`python -m tests.benchmarks.matching` prints a table; only the ratios of one run mean anything.
"""

import statistics
import time
import tracemalloc
from collections.abc import Callable, Sequence
from functools import partial

from rapidfuzz import fuzz, process

from knowledge.article import ArticleKind
from knowledge.library import Library
from knowledge.match import Index, Phrases

SIZES = (6, 100, 1_000, 10_000)
QUESTIONS = (
    "how do I force https",
    "ssl broken since we switched on the cdn :( pls help",
    "do i need to udpate the cdn certifcate when the orgin renews",
    "how do I renew my SSH key",
    "what's for lunch",
    "CDN 是否支持 HTTPS",
)
# Enough for a median that two runs agree on; rapidfuzz over 10,000 phrases takes long.
ROUNDS = 20
_VERBS = ("rotate", "archive", "paint", "measure", "translate", "polish", "borrow", "label", "freeze", "invite")
_THINGS = ("ledger", "canoe", "lantern", "orchard", "beacon", "violin", "harbour", "meadow", "quarry", "anchor")


def articles(size: int) -> list[Phrases]:
    """The six entries of the shipped FAQ as people ask for them, and made-up ones up to the size."""
    shipped = [article for article in Library.load().phrases if article.kind is ArticleKind.FAQ]
    made = [
        Phrases(f"made/{n}", ArticleKind.FAQ, (f"How do I {_VERBS[n % 10]} the {_THINGS[n // 10 % 10]} of room {n}?",))
        for n in range(max(0, size - len(shipped)))
    ]
    return shipped[:size] + made


def milliseconds(work: Callable[[str], object], questions: Sequence[str]) -> float:
    """The median time of one question."""
    times = []
    for _ in range(ROUNDS):
        for question in questions:
            start = time.perf_counter()
            work(question)
            times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


def main() -> None:
    """Prints a row for each size."""
    titles = ("entries", "phrases", "build ms", "MB", "search ms", "rapidfuzz ms", "ratio")
    print("".join(f"{title:>13}" for title in titles))
    for size in SIZES:
        entries = articles(size)
        phrases = [phrase for entry in entries for phrase in entry.phrases]
        tracemalloc.start()
        kept = Index(entries)
        memory = tracemalloc.get_traced_memory()[0] / 1e6
        tracemalloc.stop()
        del kept
        start = time.perf_counter()
        index = Index(entries)
        build = (time.perf_counter() - start) * 1000
        ours = milliseconds(index.rank, QUESTIONS)
        theirs = milliseconds(partial(process.extract, choices=phrases, scorer=fuzz.WRatio, limit=5), QUESTIONS)
        figures = (f"{build:.1f}", f"{memory:.1f}", f"{ours:.2f}", f"{theirs:.2f}", f"{ours / theirs:.2f}")
        print("".join(f"{figure:>13}" for figure in (size, len(phrases), *figures)))


if __name__ == "__main__":
    main()
