"""What many active queries cost per post, beside few."""

import random
import time
from collections import Counter
from itertools import chain
from typing import Any

from ingest.queries.documents import Document
from ingest.queries.parser import parse_query
from ingest.queries.percolator import Percolator
from ingest.queries.tokens import tokenise

FEW, MANY = 10, 1_000
ROUNDS = 5
FORMS = (
    '({0} OR {1} OR "{2} {3}") ({4} OR {5} OR {6})',
    "({0} OR {1}) NEAR/5 ({4} OR {5})",
    "{0} {4} NOT ({5} OR is:repost)",
    "({0}* OR {1}) ({4} OR {5}) lang:en",
    '"{0} {1}" OR ({4} {5})',
)
Results = list[tuple[str, str, str]]


def test_cost_of_queries(posts: list[dict[str, Any]], results: Results) -> None:
    texts = [post["text"] for post in posts]
    words = usual_words(texts)
    few, _ = measure(made_up(words, FEW), texts)
    many, taken = measure(made_up(words, MANY), texts)
    results.append(
        (f"a post against {MANY:,} queries", f"{many:.1f} µs", f"{many / few:.2f} times {FEW} queries, {few:.1f} µs")
    )
    assert taken > 0


def usual_words(texts: list[str]) -> list[str]:
    """Words that the posts themselves use, neither names of one post nor words of every third."""
    holding = Counter(chain.from_iterable(set(tokenise(text)) for text in texts))
    return [word for word, count in holding.items() if len(word) > 2 and 3 <= count <= len(texts) / 10]


def made_up(words: list[str], count: int) -> Percolator[int]:
    """Queries that could be asked of just these posts: the hardest case for a prefilter."""
    chance = random.Random(7)
    sources = [chance.choice(FORMS).format(*chance.sample(words, 7)) for _ in range(count)]
    return Percolator({number: parse_query(source) for number, source in enumerate(sources)})


def measure(percolator: Percolator[int], texts: list[str]) -> tuple[float, int]:
    """Microseconds of processor per post, folding and cutting it into words included, and how many matches there were.

    The best of some rounds: whatever else the machine does only ever adds.
    """
    seconds, taken = [], 0
    for _ in range(ROUNDS):
        begin = time.process_time()
        taken = sum(len(percolator.matching(Document(text, language="en"))) for text in texts)
        seconds.append(time.process_time() - begin)
    return min(seconds) / len(texts) * 1e6, taken
