"""Files of posts, as tools export them."""

import csv
import io
import zipfile

import pyarrow
from desk import post
from pyarrow import parquet

Posts = list[dict[str, object]]


def as_csv(posts: Posts, delimiter: str = ",") -> bytes:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, posts[0].keys(), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(posts)
    return buffer.getvalue().encode()


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def as_parquet(posts: Posts) -> bytes:
    buffer = io.BytesIO()
    parquet.write_table(pyarrow.Table.from_pylist(posts), buffer, row_group_size=40)
    return buffer.getvalue()


POSTS = [post(number) for number in range(130)]
