"""What posts name, with the sentiment of the statement around it."""

from collections.abc import Callable

import pytest

from enrichment.entities.entity import Entity, EntityKind
from enrichment.entities.finder import MOST_ENTITIES
from enrichment.entities.tagger import NameTagger
from enrichment.heads.files import HeadError
from enrichment.readings.reader import Reader
from enrichment.sentiments.polarity import Polarity

Find = Callable[[str], dict[str, Entity]]


@pytest.fixture
def find(reader: Reader) -> Find:
    def named(text: str) -> dict[str, Entity]:
        return {each.name: each for each in reader.read([text])[0].entities}

    return named


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("Taylor Swift is playing in London", EntityKind.PERSON, "taylor swift"),
        ("Taylor Swift is playing in London", EntityKind.PLACE, "london"),
        ("J'ai vu Emmanuel Macron à Lyon hier avec Marie Dupont", EntityKind.PERSON, "emmanuel macron"),
        ("J'ai vu Emmanuel Macron à Lyon hier avec Marie Dupont", EntityKind.PLACE, "lyon"),
        ("La SNCF est encore en retard entre Paris et Marseille", EntityKind.PLACE, "marseille"),
        ("Trop bien ce film avec Omar Sy", EntityKind.PERSON, "omar sy"),
    ],
)
def test_people_and_places_are_found_in_english_and_french(find: Find, text: str, kind: EntityKind, name: str) -> None:
    entity = find(text)[name]

    assert entity.kind == kind
    assert text[entity.start : entity.end].casefold() == name
    assert 0 < entity.probability <= 1


@pytest.mark.parametrize("text", ["Quelle honte ! Rien ne marche.", "worst day ever", "", "🙂", "ok"])
def test_a_post_that_names_nobody_has_no_names(find: Find, text: str) -> None:
    marks = {EntityKind.EMOJI, EntityKind.ASPECT}
    assert [each for each in find(text).values() if each.kind not in marks] == []


def test_entities_have_the_sentiment_of_their_statement(find: Find) -> None:
    found = find("The crew was absolutely lovely, thank you! But my bag was lost and the food was disgusting.")

    assert found["crew"].polarity == Polarity.POSITIVE
    assert found["food"].polarity == Polarity.NEGATIVE
    assert {found["crew"].kind, found["food"].kind} == {EntityKind.ASPECT}


def test_a_sum_and_a_day_have_no_sentiment(find: Find) -> None:
    found = find("Affreux, j'ai perdu 50 € le 3 mars, quel service nul !")

    assert found["50 EUR"].polarity is None
    assert found["--03-03"].polarity is None
    assert found["service"].polarity == Polarity.NEGATIVE


def test_what_a_text_names_does_not_depend_on_its_neighbours(reader: Reader) -> None:
    texts = ["Taylor Swift is in London", "", "à Paris avec Omar Sy", "nothing " * 100]

    together = [each.entities for each in reader.read(texts)]

    assert [[each.name for each in reader.read([text])[0].entities] for text in texts] == [
        [each.name for each in entities] for entities in together
    ]


def test_a_model_of_another_encoder_is_refused() -> None:
    with pytest.raises(HeadError, match="train it again"):
        NameTagger.load("another-encoder")


@pytest.mark.parametrize(
    "text", ["😀" * 2_000, "ẑ̸̡̢͇" * 200, "\u202eabc\u202d " * 200], ids=["emoji", "zalgo", "right to left"]
)
def test_hostile_texts_are_read(reader: Reader, text: str) -> None:
    [reading] = reader.read([text])

    assert len(reading.entities) <= MOST_ENTITIES
