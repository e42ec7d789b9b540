"""`pourquoi study` and `pourquoi segment`: ask a business question, and group what was said."""

from typing import Annotated

import typer

from kit.cli.client import Api, connect
from kit.cli.console import counted, out, plain_table, progress
from kit.cli.views.ingest import Coverage, NewStudy, Study
from kit.cli.views.platform import Job
from kit.cli.views.segmentation import Segment, Segmentation

app = typer.Typer(help="Ask business questions.", no_args_is_help=True, rich_markup_mode="rich")
PIPELINE = ("ingest", "enrichment", "segmentation", "insight")
StudyArgument = Annotated[str, typer.Argument(help="Name or id of the study.", show_default=False)]


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="A short name.", show_default=False)],
    question: Annotated[str, typer.Option(help="The business question in one sentence.", show_default=False)],
    query: Annotated[
        str, typer.Option(help="Which posts belong to it; empty takes every post that is sent to it.")
    ] = "",
    objective: Annotated[str, typer.Option(help="What the answer is for.")] = "",
    target_behaviour: Annotated[str, typer.Option(help="The behaviour whose drivers are asked for.")] = "",
    language: Annotated[list[str] | None, typer.Option(help="Languages of interest, such as en or fr.")] = None,
) -> None:
    """Ask a question.

    [bold]Example:[/] pourquoi study create "Airline service" --question "Why do travellers complain?"
    --query '(delay* OR cancelled) AND NOT "press release"'
    """
    study = connect().post(
        "/ingest/v1/studies",
        Study,
        NewStudy(
            name=name,
            question=question,
            objective=objective,
            target_behaviour=target_behaviour,
            query=query,
            languages=language or [],
        ),
    )
    out.print(f"Study '{study.name}' has the id {study.id}.", markup=False)


@app.command("list")
def list_studies() -> None:
    """List the studies with their posts."""
    api = connect()
    table = plain_table("Id", "Name", "Posts", "Question")
    for study in api.each("/ingest/v1/studies", Study):
        table.add_row(str(study.id), study.name, f"{coverage(api, 'ingest', study).posts:,}", study.question)
    out.print(table)


@app.command()
def show(study: StudyArgument) -> None:
    """Show a study, and how far its posts have come through the pipeline."""
    api = connect()
    found = api.study(study)
    table = plain_table("", "")
    table.show_header = False
    for field, value in found.model_dump().items():
        table.add_row(field.replace("_", " "), ", ".join(value) if isinstance(value, list) else str(value))
    for service in PIPELINE:
        table.add_row(f"posts in {service}", f"{coverage(api, service, found).posts:,}")
    out.print(table)


def segment(study: StudyArgument) -> None:
    """Group the posts of a study by topic, and show the groups.

    Posts that arrive later join these groups; segment again when the conversation has moved on.
    """
    api = connect()
    segmentation = compute_segments(api, api.study(study))
    show_segments(api, segmentation)


def coverage(api: Api, service: str, study: Study) -> Coverage:
    """How many posts of the study a service holds."""
    return api.get(f"/{service}/v1/studies/{study.id}/coverage", Coverage)


def compute_segments(api: Api, study: Study) -> Segmentation:
    """Starts a segmentation and watches it to its end."""
    job = api.post(f"/segmentation/v1/studies/{study.id}/segmentations", Job)
    with progress() as bars:
        task = bars.add_task("Segmenting", total=None)

        def report(job: Job) -> None:
            bars.update(task, completed=job.progress.done, total=job.progress.total)

        done = api.finish("segmentation", job, report)
    identity = done.result["segmentation_id"] if done.result else ""
    return api.get(f"/segmentation/v1/segmentations/{identity}", Segmentation)


def show_segments(api: Api, segmentation: Segmentation) -> None:
    """Prints the groups of a segmentation, largest first."""
    table = plain_table("Posts", "Stability", "Label", "Keyphrases")
    for segment in api.each(f"/segmentation/v1/segmentations/{segmentation.id}/segments", Segment):
        phrases = ", ".join(segment.keyphrases[:6])
        table.add_row(f"{segment.size:,}", f"{segment.stability:.2f}", segment.label, phrases)
    out.print(table)
    out.print(
        f"Version {segmentation.version}: {counted(segmentation.posts, 'post')}, {segmentation.abstained:,} of them "
        f"in no group, stability {segmentation.stability:.2f}."
    )
