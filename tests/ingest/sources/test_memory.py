"""A large file takes no more memory than a small one, in whichever form it comes."""

import itertools
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow
import pytest
import zstandard
from pyarrow import parquet

SMALL, LARGE = 10_000_000, 200_000_000
ALLOWED_GROWTH = 12_000_000
# Words in another order each time: what is always the same would pass for a bomb.
WORDS = ["train", "late", "again", "refund", "ticket", "seat", "wifi", "night", "platform", "crowded", "nobody", "why"]
# What getrusage tells begins with the memory of the process that started this one; the kernel's own mark does not.
READ = """
import re, resource, sys
from pathlib import Path
from ingest.sources.files.compression import MeteredStream
from ingest.sources.files.reader import open_file
with open(sys.argv[1], "rb") as file:
    count = sum(1 for _ in open_file(MeteredStream(file)).entries)
status = Path("/proc/self/status")
mark = re.search(r"VmHWM:\\s*(\\d+)", status.read_text()) if status.exists() else None
print(count, 1024 * int(mark[1]) if mark else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def texts(size: int) -> Iterator[str]:
    """Posts of about a kilobyte, until they are `size` bytes."""
    for number in range(size // 1_000):
        rotated = itertools.islice(itertools.cycle(WORDS), number % 12, number % 12 + 160)
        yield f"{number:09} {os.urandom(30).hex()} {' '.join(rotated)}"[:990]


def write_json(path: Path, size: int) -> None:
    with path.open("w") as file:
        file.write('{"meta": 1, "data": [')
        file.writelines(f'{{"text": {json.dumps(text)}}},\n' for text in texts(size))
        file.write("{}]}")


def write_zstd(path: Path, size: int) -> None:
    with path.open("wb") as file, zstandard.ZstdCompressor(level=1).stream_writer(file) as packed:
        for text in texts(size):
            packed.write(json.dumps({"text": text}).encode() + b"\n")


def write_zip(path: Path, size: int) -> None:
    archive = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
    with archive, archive.open("posts.csv", "w") as packed:
        packed.write(b"text\n")
        for text in texts(size):
            packed.write(text.encode() + b"\n")


def write_parquet(path: Path, size: int) -> None:
    """One row group, whatever the size: reading it at once would show."""
    with parquet.ParquetWriter(path, pyarrow.schema([("text", pyarrow.string())]), use_dictionary=False) as writer:
        writer.write_table(pyarrow.table({"text": list(texts(size))}), row_group_size=10**9)


def peak(path: Path) -> tuple[int, int]:
    """How many entries a process of its own reads, and the most memory that it had."""
    ended = subprocess.run([sys.executable, "-c", READ, str(path)], capture_output=True, text=True, check=True)
    count, memory = ended.stdout.split()
    return int(count), int(memory)


@pytest.mark.parametrize("write", [write_json, write_zstd, write_zip, write_parquet])
def test_two_hundred_megabytes_take_no_more_memory_than_ten(write: Callable[[Path, int], None], tmp_path: Path) -> None:
    write(tmp_path / "small", SMALL)
    write(tmp_path / "large", LARGE)

    few, little = peak(tmp_path / "small")
    many, much = peak(tmp_path / "large")

    assert many > 19 * few
    assert much < little + ALLOWED_GROWTH
