"""How much suggestions add to a query: `python -m ingest.experiments.scores`.

Each task hides a label behind a seed query of a word or two, fixed in advance, on public data sets that people
labelled. "Alone" adds the top ten suggestions as they come. "Judged" first has the label stand in for an analyst who
judges 25 posts of the query and the posts that are worth judging, once. The tasks to develop on were looked at while
the method was made; the others were not. In the mean, precision that rose counts as kept, no more.
"""

import csv
import gzip
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from statistics import fmean
from uuid import UUID, uuid5

from ingest.experiments.pools import Pool, PooledPost, shuffled_key, takes
from ingest.experiments.suggestions import Advisor, Suggestions
from ingest.posts.records import PostRecord

MOST_TERMS = 10
JUDGED_OF_QUERY = 25
WANTED_GAIN = 0.20
WANTED_RATIO = 0.80
_STUDY = UUID(int=1)
_NOW = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Task:
    """A label of a data set, and the query that somebody would begin with."""

    corpus: str
    label: str
    seed: str


DEVELOPMENT = (
    Task("crisislex-t6", "2013_Alberta_Floods", "alberta"),
    Task("crisislex-t26", "2012_Colorado_wildfires", "wildfire"),
    Task("crisislex-t26", "2013_Australia_bushfire", "bushfire"),
    Task("crisislex-t26", "2012_Typhoon_Pablo", "typhoon"),
    Task("crisislex-t26", "2013_Manila_floods", "manila"),
    Task("clinc150", "weather", "weather"),
    Task("clinc150", "calories", "calories"),
    Task("banking77", "declined_transfer", "transfer declined"),
)
HELD_OUT = (
    Task("crisislex-t6", "2012_Sandy_Hurricane", "hurricane"),
    Task("crisislex-t6", "2013_Queensland_Floods", "queensland"),
    Task("crisislex-t26", "2012_Philipinnes_floods", "philippines"),
    Task("crisislex-t26", "2013_Colorado_floods", "boulder"),
    Task("crisislex-t26", "2013_Typhoon_Yolanda", "yolanda"),
    Task("crisislex-t26", "2013_Queensland_floods", "queensland"),
    Task("crisislex-t26", "2013_Alberta_floods", "alberta"),
    Task("crisislex-t26", "2013_Singapore_haze", "haze"),
    Task("crisislex-t26", "2013_Sardinia_floods", "sardegna"),
    Task("clinc150", "translate", "translate"),
    Task("clinc150", "book_flight", "flight"),
    Task("clinc150", "pto_request", "vacation"),
    Task("clinc150", "exchange_rate", "exchange"),
    Task("banking77", "lost_or_stolen_phone", "phone"),
    Task("banking77", "terminate_account", "close account"),
    Task("banking77", "passcode_forgotten", "passcode"),
)


@dataclass(frozen=True, slots=True)
class Quality:
    """How well a query finds the label."""

    precision: float
    recall: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """A seed query and what became of it."""

    task: Task
    seed: Quality
    alone: Quality
    judged: Quality
    judgements: int

    def holds(self, quality: Quality) -> bool:
        """Whether recall rose by 20 points at 80 % of the seed's precision or more."""
        gain, ratio = self.change(quality)
        return gain >= WANTED_GAIN and ratio >= WANTED_RATIO

    def change(self, quality: Quality) -> tuple[float, float]:
        """What recall gained, and the part of the seed's precision that is left."""
        return quality.recall - self.seed.recall, quality.precision / self.seed.precision


@dataclass(frozen=True)
class Trial:
    """A task on its posts; `labels` are what the query and the suggestions never see."""

    task: Task
    pool: Pool
    labels: Sequence[bool]

    def run(self) -> Outcome:
        """Asks for suggestions alone, then once more with judgements."""
        taken = self._taken(self.task.seed)
        first = self._advise(taken, {})
        judged = self._judge(taken, first)
        second = self._advise(taken, judged)
        alone, better = (self._quality(self._with_terms(taken, found)) for found in (first, second))
        return Outcome(self.task, self._quality(taken), alone, better, len(judged))

    def _taken(self, query: str) -> list[bool]:
        return takes(query, self.pool.posts)

    def _advise(self, taken: Sequence[bool], judged: dict[UUID, bool]) -> Suggestions:
        return Advisor.of(_STUDY, self.pool, taken, self.task.seed, judged).advise(MOST_TERMS)

    def _judge(self, taken: Sequence[bool], found: Suggestions) -> dict[UUID, bool]:
        truth = {post.record.id: label for post, label in zip(self.pool.posts, self.labels, strict=True)}
        of_query = [post.record.id for post, inside in zip(self.pool.posts, taken, strict=True) if inside]
        shown = sorted(of_query, key=lambda post_id: shuffled_key(_STUDY, post_id))[:JUDGED_OF_QUERY]
        return {post_id: truth[post_id] for post_id in [*shown, *found.worth_judging]}

    def _with_terms(self, taken: Sequence[bool], found: Suggestions) -> list[bool]:
        added = [self._taken(term.term) for term in found.additions]
        return [any(each) for each in zip(taken, *added, strict=True)]

    def _quality(self, taken: Sequence[bool]) -> Quality:
        hits = sum(inside and label for inside, label in zip(taken, self.labels, strict=True))
        return Quality(hits / max(1, sum(taken)), hits / max(1, sum(self.labels)))


def data_folder() -> Path | None:
    """Where the labelled data sets are; None where they are absent."""
    folder = Path(os.environ.get("POURQUOI_DATA") or Path(__file__).parents[5] / "shared" / "data")
    return folder if folder.is_dir() else None


def trial(task: Task, folder: Path) -> Trial:
    """The task with the posts of its corpus."""
    pool, labels = _corpus(task.corpus, folder)
    return Trial(task, pool, [label == task.label for label in labels])


@cache
def _corpus(name: str, folder: Path) -> tuple[Pool, list[str]]:
    rows = list(_READERS[name](folder))
    posts = [PooledPost(_record(f"{name} {number}", text)) for number, (text, _) in enumerate(rows)]
    return Pool(posts, len(posts), 1.0), [label for _, label in rows]


def _record(name: str, text: str) -> PostRecord:
    identity = uuid5(_STUDY, name)
    return PostRecord(identity, "x", name, identity, text, "", _NOW, _NOW, "", False, ())


def _crisislex_t6(folder: Path) -> Iterator[tuple[str, str]]:
    with gzip.open(folder / "crisislex" / "t6_ontopic.csv.gz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            yield row["text"], row["event"] if row["label"] == "on-topic" else ""


def _crisislex_t26(folder: Path) -> Iterator[tuple[str, str]]:
    with gzip.open(folder / "crisislex" / "labeled.csv.gz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            yield row["text"], row["event"] if row["informativeness"].startswith("Related") else ""


def _banking77(folder: Path) -> Iterator[tuple[str, str]]:
    with (folder / "banking77" / "train.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield row["text"], row["category"]


def _clinc150(folder: Path) -> Iterator[tuple[str, str]]:
    parts = json.loads((folder / "clinc150" / "data_open.json").read_text("utf-8"))
    for part in ("train", "val"):
        yield from ((text, label) for text, label in parts[part])


_READERS: dict[str, Callable[[Path], Iterator[tuple[str, str]]]] = {
    "crisislex-t6": _crisislex_t6,
    "crisislex-t26": _crisislex_t26,
    "banking77": _banking77,
    "clinc150": _clinc150,
}


def main() -> None:
    """Prints the table."""
    folder = data_folder()
    if folder is None:
        sys.exit("The labelled data sets are absent; set POURQUOI_DATA to where they are.")
    print("## Suggestions: recall (precision) of a hidden label, seed query and top ten suggestions\n")
    for title, tasks in (("held out", HELD_OUT), ("to develop on", DEVELOPMENT)):
        outcomes = [trial(task, folder).run() for task in tasks]
        print(f"| {title} | seed | seed query | alone | judged | gain | precision kept | holds |")
        print("| --- | --- | --- | --- | --- | --- | --- | --- |")
        for outcome in outcomes:
            print(_row(outcome))
        print(_mean(outcomes), "\n")


def _row(outcome: Outcome) -> str:
    gain, ratio = outcome.change(outcome.judged)
    task = outcome.task
    qualities = " | ".join(f"{q.recall:.2f} ({q.precision:.2f})" for q in (outcome.seed, outcome.alone, outcome.judged))
    verdict = "yes" if outcome.holds(outcome.judged) else "no"
    return f"| {task.corpus} {task.label} | `{task.seed}` | {qualities} | {gain:+.2f} | {ratio:.2f} | {verdict} |"


def _mean(outcomes: Sequence[Outcome]) -> str:
    alone, alone_ratio = _means([outcome.change(outcome.alone) for outcome in outcomes])
    gain, ratio = _means([outcome.change(outcome.judged) for outcome in outcomes])
    held = sum(outcome.holds(outcome.judged) for outcome in outcomes)
    judgements = fmean(outcome.judgements for outcome in outcomes)
    title = f"**mean**, {judgements:.0f} judgements"
    return (
        f"| {title} | | | {alone:+.2f}, {alone_ratio:.2f} kept | | **{gain:+.2f}** | **{ratio:.2f}** "
        f"| {held} of {len(outcomes)} |"
    )


def _means(changes: Sequence[tuple[float, float]]) -> tuple[float, float]:
    return fmean(gain for gain, _ in changes), fmean(min(1.0, ratio) for _, ratio in changes)


if __name__ == "__main__":
    main()
