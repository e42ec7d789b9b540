"""The sample conversation: repeatable, varied, and true to what was planted."""

import re
import statistics
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from ingest.sources.sample.conversation import SampleConversation
from ingest.sources.sample.lexicon import LANGUAGES, material, themes
from ingest.sources.sample.truth import SamplePost

POSTS = 4_000


@pytest.fixture(scope="module")
def conversation() -> SampleConversation:
    return SampleConversation(seed=7, posts=POSTS)


@pytest.fixture(scope="module")
def posts(conversation: SampleConversation) -> list[SamplePost]:
    return list(conversation.posts())


def test_the_same_seed_gives_the_same_posts(posts: list[SamplePost]) -> None:
    assert list(SampleConversation(seed=7, posts=POSTS).posts()) == posts


def test_another_seed_gives_other_posts(posts: list[SamplePost]) -> None:
    others = {post.text for post in SampleConversation(seed=8, posts=POSTS).posts()}

    assert len(others & {post.text for post in posts}) < POSTS / 20


def test_every_original_post_about_the_brand_is_different(posts: list[SamplePost]) -> None:
    originals = [post.text for post in posts if post.truth.kind == "brand" and not post.is_repost]

    assert len(originals) > 0.8 * POSTS
    assert len(set(originals)) == len(originals)


def test_ids_never_repeat_even_across_conversations(posts: list[SamplePost]) -> None:
    other = SampleConversation(seed=7, posts=POSTS, ends_at=datetime(2026, 1, 1, tzinfo=UTC))

    assert len({post.external_id for post in (*posts, *other.posts())}) == 2 * POSTS


def test_posts_come_in_order_over_four_weeks(posts: list[SamplePost]) -> None:
    moments = [post.published_at for post in posts]

    assert moments == sorted(moments)
    assert timedelta(days=27, hours=12) < moments[-1] - moments[0] <= timedelta(days=28)


def test_themes_have_the_planted_sizes(posts: list[SamplePost]) -> None:
    counts = Counter(post.truth.theme for post in posts if post.truth.theme and not post.truth.in_spike)

    assert set(counts) == {theme.name for theme in themes()}
    largest, smallest = counts.most_common()[0], counts.most_common()[-1]
    assert largest[0] == "delays"
    assert largest[1] > 2.5 * smallest[1]
    assert smallest[1] > 0.02 * POSTS


def test_both_languages_and_every_audience_take_part(posts: list[SamplePost]) -> None:
    languages = Counter(post.language for post in posts)
    audiences = Counter(post.truth.audience for post in posts)

    assert set(languages) == set(LANGUAGES)
    assert min(languages.values()) > 0.35 * POSTS
    assert len(audiences) == 6
    assert min(audiences.values()) > 0.02 * POSTS


def test_audiences_care_for_different_themes(posts: list[SamplePost]) -> None:
    def share(theme: str, audience: str) -> float:
        own = [post.truth.theme for post in posts if post.truth.audience == audience and post.truth.theme]
        return own.count(theme) / len(own)

    assert share("delays", "commuters") > 1.5 * share("delays", "tourists")
    assert share("wifi", "business") > 1.5 * share("wifi", "families")
    assert share("access", "reduced_mobility") > 5 * share("access", "commuters")


def test_the_spike_stands_out_where_it_was_planted(conversation: SampleConversation, posts: list[SamplePost]) -> None:
    by_hour = Counter(post.published_at.replace(minute=0, second=0) for post in posts if post.truth.theme == "app")
    inside = [count for hour, count in by_hour.items() if conversation.spike.holds(hour)]
    outside = [count for hour, count in by_hour.items() if not conversation.spike.holds(hour)]

    assert statistics.mean(inside) > 3 * statistics.mean(outside)
    assert all(conversation.spike.holds(post.published_at) for post in posts if post.truth.in_spike)


def test_the_spike_talks_about_its_own_cause(posts: list[SamplePost]) -> None:
    spike = [post for post in posts if post.truth.in_spike]

    assert len(spike) > 0.03 * POSTS
    cause = re.compile(r"4\.2|after the \w+ update|apr[eè]s la mise [aà] jour", re.IGNORECASE)
    assert all(cause.search(post.text) for post in spike)
    assert not any(cause.search(post.text) for post in posts if not post.truth.in_spike and not post.is_repost)


def test_planted_reasons_are_introduced_as_reasons(posts: list[SamplePost]) -> None:
    cue = re.compile(r"because|bc|since|\bas\b|reason|parce|pcq|\bcar\b|\bvu qu|puisqu|raison", re.IGNORECASE)
    reasoned = [post for post in posts if post.truth.reason]

    assert len(reasoned) > 0.25 * POSTS
    assert sum(bool(cue.search(post.text)) for post in reasoned) > 0.97 * len(reasoned)


def test_reposts_repeat_an_earlier_post(posts: list[SamplePost]) -> None:
    by_id = {post.external_id: post for post in posts}
    reposts = [post for post in posts if post.truth.repost_of]

    assert len(reposts) > 0.03 * POSTS
    for repost in reposts:
        original = by_id[str(repost.truth.repost_of)]
        assert original.text in repost.text
        assert original.published_at <= repost.published_at
        assert original.truth.theme == repost.truth.theme


def test_spam_and_chatter_are_marked(posts: list[SamplePost]) -> None:
    kinds = Counter(post.truth.kind for post in posts)

    assert 0.02 < kinds["spam"] / POSTS < 0.05
    assert 0.03 < kinds["chatter"] / POSTS < 0.09
    assert all(post.truth.theme is None for post in posts if post.truth.kind != "brand")


def test_no_template_sign_survives(posts: list[SamplePost]) -> None:
    assert not [post.text for post in posts if re.search(r"[\[\]{}|]|  ", post.text)]


@pytest.mark.parametrize("theme", themes(), ids=lambda theme: theme.name)
def test_a_theme_names_the_same_needs_and_reasons_in_both_languages(theme) -> None:
    english, french = (theme.phrases[language] for language in LANGUAGES)

    for part in ("because_leaving", "because_staying", "needs", "spike_needs"):
        assert getattr(english, part).keys() == getattr(french, part).keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_slot_has_a_filling(language) -> None:
    known = set(material(language).slots)
    for theme in themes():
        used = set(re.findall(r"\{(\w+)\}", repr(theme.phrases[language])))
        assert used <= known, theme.name


def test_time_grows_with_the_number_of_posts() -> None:
    def seconds(posts: int) -> float:
        started = time.process_time()
        assert sum(1 for _ in SampleConversation(seed=1, posts=posts).posts()) == posts
        return time.process_time() - started

    seconds(1_000)
    assert seconds(16_000) < 8 * seconds(4_000)
