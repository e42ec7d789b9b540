"""The encoder gives the model's own vectors, and statements' vectors from the same pass."""

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer

from enrichment.encoding.calibration import FIDELITY, calibrated
from enrichment.encoding.encoder import Encoder
from enrichment.encoding.weights import PACKAGED, WeightsError, locate
from enrichment.readings.reader import Reader
from enrichment.texts.spans import Span

TEXTS = [
    "My flight was cancelled and nobody answers the phone.",
    "Merci pour votre aide !",
    "",
    "😡",
    "Late. " * 60,
]


@pytest.fixture
def encoder(reader: Reader) -> Encoder:
    return reader.encoder


@pytest.fixture(scope="session")
def model() -> SentenceTransformer:
    return SentenceTransformer(locate(PACKAGED).source, device="cpu")


def test_vectors_are_those_of_the_model(encoder: Encoder, model: SentenceTransformer) -> None:
    vectors = encoder.encode(TEXTS).vectors

    reference = model.encode(TEXTS, show_progress_bar=False)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert ((vectors * reference).sum(1) >= FIDELITY).all()


def test_a_text_has_the_same_vector_in_any_company(encoder: Encoder) -> None:
    alone = encoder.encode(["late again"]).vectors[0]
    together = encoder.encode(["late again", *TEXTS]).vectors[0]

    assert alone @ together >= FIDELITY


def test_whom_a_post_addresses_and_what_it_links_to_do_not_change_its_vector(encoder: Encoder) -> None:
    plain, addressed = encoder.encode(["bag lost again", "@united @delta bag lost again https://t.co/x1"]).vectors

    assert plain @ addressed >= FIDELITY


def test_a_statement_of_the_whole_text_has_the_mean_of_its_tokens(encoder: Encoder) -> None:
    text = "The crew was kind"

    encoded = encoder.encode([text], [[Span(0, len(text))]])

    assert np.allclose(encoded.features, encoded.statement_features, atol=1e-5)
    assert encoded.vectors[0] @ encoded.statement_vectors[0] > 0.9


def test_a_statement_is_nearer_to_its_subject_than_its_neighbour(encoder: Encoder) -> None:
    text = "The crew was lovely but my suitcase arrived broken"
    spans = [Span(0, 19), Span(20, len(text))]

    crew, suitcase = encoder.encode([text], [spans]).statement_vectors
    about_crew, about_luggage = encoder.encode(["friendly flight attendants", "damaged luggage"]).vectors

    assert crew @ about_crew > suitcase @ about_crew
    assert suitcase @ about_luggage > crew @ about_luggage


def test_a_long_text_counts_to_its_end(encoder: Encoder) -> None:
    beginning = "The weather is nice today. " * 80
    text = beginning + "My suitcase arrived broken."
    spans = [Span(0, len(beginning) - 1), Span(len(beginning), len(text))]

    encoded = encoder.encode([text], [spans])
    luggage = encoder.encode(["damaged luggage"]).vectors[0]

    assert encoded.statement_vectors[1] @ luggage > encoded.statement_vectors[0] @ luggage + 0.2


def test_no_texts_give_no_rows(encoder: Encoder) -> None:
    encoded = encoder.encode([])

    assert encoded.vectors.shape == (0, 384)
    assert encoded.statement_vectors.shape == (0, 384)


def test_calibration_keeps_the_vectors(model: SentenceTransformer) -> None:
    reference = model.encode(TEXTS[:2], show_progress_bar=False)

    fast = Encoder(calibrated(model), "fast").encode(TEXTS[:2]).vectors

    assert ((fast * reference).sum(1) >= FIDELITY).all()


def test_other_weights_under_the_packaged_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("enrichment.encoding.weights.sha256", lambda _: "0" * 64)

    with pytest.raises(WeightsError, match="not the original"):
        locate(PACKAGED)


def test_a_folder_without_weights_is_refused(tmp_path: object) -> None:
    with pytest.raises(WeightsError, match="ENRICHMENT_ENCODER"):
        locate(str(tmp_path))
