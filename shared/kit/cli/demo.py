"""`pourquoi demo`: from a file of posts, or a made-up conversation, to headlines in one command."""

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from pydantic import BaseModel

from kit.cli.client import Api, connect, readable_file, running
from kit.cli.console import counted, err, out, phase, progress
from kit.cli.errors import CommandError
from kit.cli.headlines import show_headlines
from kit.cli.insights import read_headlines
from kit.cli.platform import show, started, stay
from kit.cli.posts import MapOption, fields, show_rejections, upload
from kit.cli.studies import PIPELINE, compute_segments, coverage
from kit.cli.views.ingest import NewStudy, Study
from kit.cli.views.insight import Headlines, ReadSegmentation
from kit.cli.views.platform import Job
from kit.cli.views.segmentation import Segmentation
from kit.local.home import Home
from kit.local.launcher import Local

_STALLED_SECONDS = 180.0
_HEADLINES = 7
_POLL_SECONDS = 0.5

Seen = TypeVar("Seen")


class Sample(BaseModel):
    """How many posts of a made-up conversation to import."""

    posts: int


def demo(
    file: Annotated[Path | None, typer.Option(help="Posts of your own: CSV, TSV or NDJSON, also .gz.")] = None,
    mapping: MapOption = "",
    posts: Annotated[int, typer.Option(min=100, help="Posts of the made-up conversation, without a file.")] = 3000,
    once: Annotated[bool, typer.Option("--once", help="Stop everything when the headlines are printed.")] = False,
) -> None:
    """Show the whole way from posts to headlines, then keep the platform running.

    [bold]Example:[/] pourquoi demo --file tweets.csv --map text=body,author=user,published_at=date
    """
    if file:
        readable_file(file)
    with _platform() as local:
        api = connect()
        study = _feed_file(api, file, mapping) if file else _feed_sample(api, posts)
        _await_enrichment(api, study)
        segmentation = _segment(api, study)
        show_headlines(_await_headlines(api, study, segmentation))
        show(api.url, api.key)
        if local and not once:
            stay(local)


@contextmanager
def _platform() -> Iterator[Local | None]:
    """The platform that runs already, or one that is started for the demo and stopped after it."""
    if os.environ.get("POURQUOI_URL") or running():
        yield None
        return
    start = time.monotonic()
    with started() as (local, _):
        out.print(f"[green]✓[/] Platform started [dim]{time.monotonic() - start:.1f} s[/]")
        yield local


def _feed_file(api: Api, file: Path, mapping: str) -> Study:
    study = _ensure_study(api, f"Demo: {file.name}", "What do people talk about, and how do they feel about it?")
    content = hashlib.sha256(file.read_bytes())
    content.update(mapping.encode())
    with _growing(api, study):
        outcome = upload(api, study, file, fields(mapping), key=f"demo-{study.id}-{content.hexdigest()}")
    show_rejections(outcome)
    return study


def _feed_sample(api: Api, posts: int) -> Study:
    study = _ensure_study(api, "Demo: a made-up train operator", "What do passengers need, and what holds them back?")
    path, headers = f"/ingest/v1/studies/{study.id}/samples", {"Idempotency-Key": f"demo-{study.id}-{posts}"}
    with _growing(api, study), progress() as bars:
        task = bars.add_task("Importing", total=posts)

        def report(job: Job) -> None:
            bars.update(task, completed=job.progress.done, total=job.progress.total)

        api.finish("ingest", api.post(path, Job, Sample(posts=posts), headers), report)
    return study


@contextmanager
def _growing(api: Api, study: Study) -> Iterator[None]:
    """Says how many posts the study holds after the block, and how many of them are new."""
    before = coverage(api, "ingest", study).posts
    with phase("") as current:
        yield
        after = coverage(api, "ingest", study).posts
        current.result = f"{counted(after, 'post')} in the study, {after - before:,} of them new"


def _ensure_study(api: Api, name: str, question: str) -> Study:
    study = api.find_study(name)
    return study or api.post("/ingest/v1/studies", Study, NewStudy(name=name, question=question))


def _await_enrichment(api: Api, study: Study) -> None:
    """Waits until every service holds every post."""
    total = coverage(api, "ingest", study).posts
    if total == 0:
        raise CommandError("No post arrived, so there is nothing to read.")
    with phase(f"{counted(total, 'post')} enriched"), progress() as bars:
        tasks = {service: bars.add_task(service, total=total) for service in PIPELINE[1:]}

        def held() -> dict[str, int]:
            counts = {service: coverage(api, service, study).posts for service in tasks}
            for service, task in tasks.items():
                bars.update(task, completed=counts[service])
            return counts

        _follow(held, lambda counts: min(counts.values()) >= total)


def _segment(api: Api, study: Study) -> Segmentation:
    """The newest segmentation if it holds every post, otherwise a new one."""
    total = coverage(api, "segmentation", study).posts
    with phase("Segmented") as current:
        known = next(api.each(f"/segmentation/v1/studies/{study.id}/segmentations", Segmentation), None)
        segmentation = known if known and known.posts == total else compute_segments(api, study)
        current.result = f"Segmented, version {segmentation.version}, stability {segmentation.stability:.2f}"
    return segmentation


def _await_headlines(api: Api, study: Study, segmentation: Segmentation) -> Headlines:
    with phase("Headlines read"), err.status("Reading"):
        return _follow(
            lambda: read_headlines(api, study, _HEADLINES),
            lambda found: found.state == "ready" and found.segmentation == ReadSegmentation(id=segmentation.id),
        )


def _follow(look: Callable[[], Seen], is_done: Callable[[Seen], bool]) -> Seen:
    """Looks until it is done; raises `CommandError` when nothing has changed for three minutes."""
    seen, since = look(), time.monotonic()
    while not is_done(seen):
        if time.monotonic() - since > _STALLED_SECONDS:
            raise CommandError(f"Nothing has moved for three minutes. The logs are in {Home.of().log('*').parent}.")
        time.sleep(_POLL_SECONDS)
        before, seen = seen, look()
        since = since if seen == before else time.monotonic()
    return seen
