"""Long work: queued with the request that asks for it, run under a lease, resumed where it stopped."""

from kit.jobs.leases import LeaseLost
from kit.jobs.queue import JobProgress, JobRepository, JobView, JsonObject, enqueue, enqueue_once
from kit.jobs.runner import JobContext, JobHandler, JobRunner

__all__ = [
    "JobContext",
    "JobHandler",
    "JobProgress",
    "JobRepository",
    "JobRunner",
    "JobView",
    "JsonObject",
    "LeaseLost",
    "enqueue",
    "enqueue_once",
]
