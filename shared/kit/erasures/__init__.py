"""Erasure as every service does it: a record that confirms it, nothing of it left in what waits, clean streams."""

from kit.erasures.endpoints import router
from kit.erasures.purger import Purger
from kit.erasures.schemas import ErasureRecord, ErasureStatus
from kit.erasures.service import ErasedPosts, ErasureRecords

__all__ = ["ErasedPosts", "ErasureRecord", "ErasureRecords", "ErasureStatus", "Purger", "router"]
