"""What a coder is shown of a post."""

from enrichment.annotations.judging.showing import AROUND, show
from enrichment.personal.data import PersonalData, PersonalKind

TEXT = "😡 Écrivez à jean@exemple.fr ou appelez-moi. Personne ne répond! Call +33 6 12 34 56 78 now."
PERSONAL = [
    PersonalData(PersonalKind.MAIL, TEXT.index("jean@"), TEXT.index(" ou ")),
    PersonalData(PersonalKind.PHONE, TEXT.index("+33"), TEXT.index(" now")),
]


def test_the_item_stands_in_its_surroundings() -> None:
    start = TEXT.index("Personne")
    shown = show(TEXT, start, start + 19, [])
    assert shown.text == "Personne ne répond!"
    assert shown.before + shown.text + shown.after == TEXT
    assert shown.start == start


def test_personal_data_is_masked_wherever_it_stands_and_positions_hold() -> None:
    start = TEXT.index("Écrivez")
    shown = show(TEXT, start, TEXT.index("Personne"), PERSONAL)
    assert shown.text == f"Écrivez à {'█' * 15} ou appelez-moi. "
    assert "+33" not in shown.after
    assert len(shown.before + shown.text + shown.after) == len(TEXT)


def test_only_some_words_around_a_long_post_are_shown() -> None:
    text = "x" * 1_000 + "here" + "y" * 1_000
    shown = show(text, 1_000, 1_004, [])
    assert (shown.text, len(shown.before), len(shown.after)) == ("here", AROUND, AROUND)
