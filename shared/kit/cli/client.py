"""The platform's REST as commands use it."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, TypeVar
from uuid import UUID

import httpx2
from pydantic import BaseModel

from kit.cli.errors import CommandError
from kit.cli.views.ingest import Study
from kit.cli.views.platform import Job, JobStatus, Listing, Problem
from kit.local.home import Home, Platform

Answer = TypeVar("Answer", bound=BaseModel)
Parameter = str | int
_POLL_SECONDS = 0.3


class Refused(CommandError):
    """The platform answered with a problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail or problem.title)
        self.problem = problem


class Api:
    """One caller's connection to the platform."""

    def __init__(self, url: str, key: str, transport: httpx2.BaseTransport | None = None) -> None:
        self.url, self.key = url.rstrip("/"), key
        self._http = httpx2.Client(
            base_url=self.url,
            headers={"Authorization": f"Bearer {key}"},
            timeout=httpx2.Timeout(120.0, connect=5.0),
            trust_env=False,
            transport=transport,
        )

    def get(self, path: str, model: type[Answer], **parameters: Parameter) -> Answer:
        """Reads one thing."""
        return model.model_validate_json(self._send("GET", path, params=_given(parameters)))

    def each(self, path: str, model: type[Answer], **parameters: Parameter) -> Iterator[Answer]:
        """Reads a list to its end, page by page."""
        cursor: str | None = ""
        while cursor is not None:
            given = _given({**parameters, "cursor": cursor})
            page = Listing.model_validate_json(self._send("GET", path, params=given))
            yield from (model.model_validate(item) for item in page.items)
            cursor = page.next_cursor

    def post(
        self, path: str, model: type[Answer], body: BaseModel | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Changes something."""
        content = body.model_dump_json(exclude_none=True) if body else None
        sent = {**(headers or {}), **({"Content-Type": "application/json"} if body else {})}
        return model.model_validate_json(self._send("POST", path, content=content, headers=sent))

    def patch(self, path: str, model: type[Answer], body: BaseModel) -> Answer:
        """Changes what the body names of one thing."""
        content, headers = body.model_dump_json(exclude_unset=True), {"Content-Type": "application/json"}
        return model.model_validate_json(self._send("PATCH", path, content=content, headers=headers))

    def delete(self, path: str) -> None:
        """Removes one thing."""
        self._send("DELETE", path)

    def submit(
        self,
        path: str,
        name: str,
        file: BinaryIO,
        fields: Mapping[str, str],
        model: type[Answer],
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Sends a file with a form."""
        sent = {"file": (name, file)}
        answer = self._send("POST", path, files=sent, data=dict(fields), headers=dict(headers or {}))
        return model.model_validate_json(answer)

    def finish(self, service: str, job: Job, report: Callable[[Job], None]) -> Job:
        """Watches a job to its end; raises `CommandError` when it fails."""
        while not job.status.has_ended:
            time.sleep(_POLL_SECONDS)
            job = self.get(f"/{service}/v1/jobs/{job.id}", Job)
            report(job)
        if job.status is not JobStatus.SUCCEEDED:
            raise CommandError(f"The {job.kind} failed: {job.error}")
        return job

    def study(self, name_or_id: str) -> Study:
        """The study with this id, or with this name."""
        try:
            return self.get(f"/ingest/v1/studies/{UUID(name_or_id)}", Study)
        except ValueError:
            return self._named(name_or_id)

    def find_study(self, name: str) -> Study | None:
        """The study with this name, if there is one."""
        studies = self.each("/ingest/v1/studies", Study, limit=500)
        return next((study for study in studies if study.name.casefold() == name.casefold()), None)

    def _named(self, name: str) -> Study:
        study = self.find_study(name)
        if study is None:
            raise CommandError(f"No study is called '{name}'. `pourquoi study list` shows them.")
        return study

    def _send(self, method: str, path: str, **options: object) -> bytes:
        try:
            answer = self._http.request(method, path, **options)  # type: ignore[arg-type]
        except httpx2.TransportError as error:
            raise CommandError(
                f"Pourquoi does not answer at {self.url} ({error}). Is it running? `pourquoi up` starts it."
            ) from error
        if answer.is_error:
            raise Refused(Problem.read(answer.status_code, answer.content))
        return answer.content


def connect(environment: Mapping[str, str] = os.environ) -> Api:
    """The platform of `POURQUOI_URL` and `POURQUOI_KEY`, or the one that runs on this folder."""
    platform = running()
    url = environment.get("POURQUOI_URL") or (platform.url if platform else "")
    key = environment.get("POURQUOI_KEY") or (platform.key if platform and platform.url == url else "")
    if not url:
        raise CommandError(
            "No platform runs in this folder. Start one with `pourquoi up`, "
            "or name one with POURQUOI_URL and POURQUOI_KEY."
        )
    if not key:
        raise CommandError(f"Set POURQUOI_KEY to an API key of {url}.")
    return Api(url, key)


def running() -> Platform | None:
    """The platform that runs on this folder, if one does."""
    return Home.of().running()


def readable_file(path: Path) -> Path:
    """The path, if a file is there."""
    if not path.is_file():
        raise CommandError(f"There is no file {path}.")
    return path


def _given(parameters: Mapping[str, Parameter]) -> dict[str, Parameter]:
    return {name: value for name, value in parameters.items() if value != ""}
