"""Model files are believed only if their digest is right."""

from pathlib import Path

import numpy as np
import pytest

from enrichment.heads.files import SHIPPED, HeadError, HeadFile
from enrichment.heads.text_head import TextHead

SHIPPED_HEADS = ("feelings", "offensive", "hate", "irony", "sentiment", "needs")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "head.safetensors"
    HeadFile({"weights": np.arange(6, dtype=np.float16).reshape(2, 3).T}, {"encoder": "e"}).save(file)
    return file


def test_a_file_gives_back_what_was_put_in(file: Path) -> None:
    head = HeadFile.load(file)

    assert head.tensors["weights"].tolist() == [[0, 3], [1, 4], [2, 5]]
    assert head.facts == {"encoder": "e"}


def test_a_changed_file_is_refused(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)

    with pytest.raises(HeadError, match="is not the file"):
        HeadFile.load(file)


def test_a_file_without_its_digest_is_refused(file: Path) -> None:
    file.with_name("head.safetensors.sha256").unlink()

    with pytest.raises(HeadError, match="missing"):
        HeadFile.load(file)


def test_a_head_of_other_features_is_refused() -> None:
    for head in SHIPPED_HEADS:
        with pytest.raises(HeadError, match=r"enrichment\.training\.heads"):
            TextHead.load(SHIPPED / f"{head}.safetensors", "another-encoder@1")


def test_shipped_models_are_small() -> None:
    shipped = {file.stem: file.stat().st_size for file in SHIPPED.glob("*.safetensors")}

    assert shipped.keys() >= set(SHIPPED_HEADS)
    assert max(shipped.values()) <= 10_000_000


def test_each_shipped_model_has_a_card_with_its_digest() -> None:
    for digest_file in SHIPPED.parents[1].rglob("*.safetensors.sha256"):
        card = digest_file.with_name("MODEL_CARD.md").read_text(encoding="utf-8")
        assert digest_file.read_text(encoding="ascii").split()[0] in card
