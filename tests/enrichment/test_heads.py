"""Model files are believed only if their digest is right."""

from pathlib import Path

import numpy as np
import pytest

from enrichment.heads.files import HeadError, HeadFile
from enrichment.sentiments.head import MODEL, SentimentHead


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


def test_a_head_of_another_encoder_is_refused() -> None:
    with pytest.raises(HeadError, match=r"enrichment\.training\.sentiment"):
        SentimentHead.load(MODEL, "another-encoder@1")


def test_shipped_models_are_small() -> None:
    shipped = {file.name: file.stat().st_size for file in MODEL.parents[1].glob("*/*.safetensors")}

    assert shipped.keys() == {"languages.safetensors", "sentiment.safetensors"}
    assert shipped["languages.safetensors"] <= 5_000_000
    assert shipped["sentiment.safetensors"] <= 10_000_000


def test_each_shipped_model_has_a_card_with_its_digest() -> None:
    for digest_file in MODEL.parents[1].glob("*/*.safetensors.sha256"):
        card = digest_file.with_name("MODEL_CARD.md").read_text(encoding="utf-8")
        assert digest_file.read_text(encoding="ascii").split()[0] in card
