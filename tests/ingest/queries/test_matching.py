"""Which posts a query takes: golden cases in English and French."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.queries.parser import parse_query
from ingest.queries.tokens import fold, tokenise

TAKEN = [
    # words and their borders
    ("refund", "Where is my refund?"),
    ("refund", "REFUND NOW"),
    ("refund", "no-refund policy"),
    ("customer", "the customer's fault"),
    ("appli", "L'appli plante encore"),
    ("appli", "J’adore l’appli"),
    ("aujourd'hui", "Aujourd’hui encore, rien"),
    ("don't", "I DON’T care"),
    ("24h", "24h sans réponse"),
    # accents and case
    ("été", "Cet ete, jamais"),
    ("ete", "Cet ÉTÉ, jamais"),
    ("cafe", "un cafe\u0301 froid"),
    ("œuvre", "chef d'oeuvre"),
    ("oeuvre", "CHEF D'ŒUVRE"),
    ("naïve", "so naive"),
    ("strasse", "Neue Straße 5"),
    # hashtags and handles, with and without their sign
    ("#sncf", "merci la SNCF"),
    ("sncf", "merci #SNCF"),
    ("@ouigo", "ouigo encore en retard"),
    ("ouigo", "hey @OUIGO!"),
    ("@sncf_connect", "cc @SNCF_Connect svp"),
    ("😡", "two hours late 😡😡"),
    # phrases
    ('"customer service"', "worst Customer Service ever"),
    ('"customer service"', "customer-service, again"),
    ("« service client »", "Le service client ne répond pas"),
    ("“pas cher”", "c'est PAS cher du tout"),
    ('"c\'est la vie"', "C’est la vie."),
    ('"24/7"', "support 24/7 they said"),
    # operators
    ("train delay", "delay of my train"),
    ("train AND delay", "delay of my train"),
    ("train OR bus", "the bus was late"),
    ("train AND NOT bus", "the train was late"),
    ("NOT spam", "an honest opinion"),
    ('(train OR TER) (retard OR "en panne")', "Le TER est en panne"),
    ('(wifi OR "wi fi") NOT (home OR maison)', "No Wi-Fi on board"),
    ("annuler OR résilier OR cancel", "Comment resilier mon abonnement ?"),
]

LEFT = [
    ("refund", "refunds take weeks"),
    ("refund", "nonrefundable"),
    ("or", "encore des travaux"),
    ("sncf", "sncf_connect ne marche pas"),
    ('"customer service"', "service for every customer"),
    ('"customer service"', "customer care and service"),
    ("« service client »", "le client du service"),
    ("train delay", "the train is on time"),
    ("train OR bus", "I walked"),
    ("train AND NOT bus", "train or bus?"),
    ("NOT spam", "this is spam"),
    ("NOT (train OR bus)", "a bus"),
    ("été", "l'étape suivante"),
    ("😡", "all good 😀"),
    ("anything", ""),
]


@pytest.mark.parametrize(("source", "text"), TAKEN)
def test_a_query_takes_what_a_reader_would(source: str, text: str) -> None:
    assert parse_query(source).matches(text)


@pytest.mark.parametrize(("source", "text"), LEFT)
def test_a_query_leaves_what_a_reader_would(source: str, text: str) -> None:
    assert not parse_query(source).matches(text)


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet=st.characters(categories=["Lu", "Ll", "Nd"], max_codepoint=0x24F), min_size=1))
def test_a_word_finds_itself_in_any_case(word: str) -> None:
    assert tokenise(word) == tokenise(word.upper()) == tokenise(word.lower())


def test_a_long_run_of_combining_marks_folds_at_once() -> None:
    assert tokenise("e" + "\u0301\u0316" * 200_000) == ["e"]
