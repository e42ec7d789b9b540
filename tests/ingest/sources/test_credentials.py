"""Where secrets of sources are looked for, and where never."""

from pathlib import Path

import pytest

from ingest.sources.connector import SourceRefused
from ingest.sources.credentials import Credentials


def test_a_variable_and_a_mounted_file_give_their_secret(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from a file\n")
    (tmp_path / "link").symlink_to(tmp_path / "token")
    credentials = Credentials(tmp_path, {"SOURCE_KEY": " from a variable "})

    assert credentials.resolve("env:SOURCE_KEY") == "from a variable"
    assert credentials.resolve(f"file:{tmp_path}/token") == "from a file"
    assert credentials.resolve(f"file:{tmp_path}/link") == "from a file"


@pytest.mark.parametrize(
    "reference",
    [
        "SOURCE_KEY",
        "env:DATABASE_URL",
        "env:SOURCE_ABSENT",
        "env:SOURCE_EMPTY",
        "env:source_key",
        "vault:x",
        "",
        "file:x",
    ],
)
def test_what_names_no_secret_of_a_source_is_refused(tmp_path: Path, reference: str) -> None:
    environment = {"SOURCE_KEY": "x", "SOURCE_EMPTY": " ", "DATABASE_URL": "postgresql://secret"}

    with pytest.raises(SourceRefused) as refusal:
        Credentials(tmp_path, environment).resolve(reference)

    assert "secret" not in str(refusal.value).replace(str(tmp_path), "")


def test_no_file_outside_of_the_folder_is_ever_read(tmp_path: Path) -> None:
    folder = tmp_path / "credentials"
    folder.mkdir()
    (tmp_path / "other").write_text("not yours")
    (folder / "link").symlink_to(tmp_path / "other")

    for path in (tmp_path / "other", folder / ".." / "other", folder / "link", folder / "absent", folder):
        with pytest.raises(SourceRefused):
            Credentials(folder, {}).resolve(f"file:{path}")
