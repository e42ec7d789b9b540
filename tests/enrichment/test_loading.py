"""Models are loaded only if they fit together."""

from pathlib import Path

import pytest

from enrichment.encoding.weights import PACKAGED, locate
from enrichment.heads.files import HeadError
from enrichment.readings.loading import load
from enrichment.settings import EnrichmentSettings

PLAIN = {"precision": "float32", "threads": 1}


def test_an_encoder_of_another_name_needs_heads_of_its_own(tmp_path: Path) -> None:
    folder = tmp_path / "house-model"
    folder.symlink_to(locate(PACKAGED).source)

    with pytest.raises(HeadError, match=r"house-model@53aa5117.*ENRICHMENT_HEADS"):
        load(EnrichmentSettings(encoder=str(folder), **PLAIN))


def test_the_encoder_is_labelled_with_its_version() -> None:
    assert locate(PACKAGED).label == "all-MiniLM-L6-v2@53aa5117"
