"""Many queries at once take exactly what each would take alone."""

from hypothesis import given, settings
from hypothesis import strategies as st
from phrasings import queries, records, texts

from ingest.posts.records import PostRecord
from ingest.queries.documents import Document
from ingest.queries.literals import required_literals
from ingest.queries.parser import parse_query
from ingest.queries.percolator import Percolator


@settings(max_examples=500, deadline=None)
@given(st.lists(queries, max_size=12, unique=True), st.lists(records(), max_size=4))
def test_a_percolator_takes_what_trying_every_query_takes(sources: list[str], posts: list[PostRecord]) -> None:
    parsed = {source: parse_query(source) for source in ["", *sources]}
    percolator = Percolator(parsed)

    for document in map(Document.of, posts):
        assert percolator.matching(document) == [source for source, query in parsed.items() if query.matches(document)]


@settings(max_examples=500, deadline=None)
@given(queries, texts)
def test_a_text_that_is_taken_holds_a_literal_of_every_required_set(source: str, text: str) -> None:
    query, document = parse_query(source), Document(text)

    if query.expression is not None and query.matches(document):
        for literals in required_literals(query.expression):
            assert any(literal in document.tokens.line for literal in literals)


def test_only_queries_that_a_post_may_meet_are_tried() -> None:
    tried: list[str] = []

    class Recording(Document):
        @property
        def is_question(self) -> bool:
            tried.append(self.text)
            return True

    sources = ["train* is:question", "late* is:question", "train* late* refund* is:question", "(bus OR tram) NEAR/2 is"]
    percolator = Percolator({source: parse_query(source) for source in sources})

    assert percolator.matching(Recording("The trains are late!")) == ["train* is:question", "late* is:question"]
    assert len(tried) == 2
