"""The sample conversation: the same seed gives the same posts, each with what was planted in it."""

import random
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from ingest.sources.sample.compositions import Composer
from ingest.sources.sample.lexicon import LANGUAGES, Theme, material, themes
from ingest.sources.sample.phrasing import Phrasing
from ingest.sources.sample.timeline import DEFAULT_END, Timeline
from ingest.sources.sample.truth import SamplePost, Truth, Window
from ingest.sources.sample.voices import AUDIENCES, Cast, Voice

CHATTER_SHARE = 0.06
SPAM_SHARE = 0.03
REPOST_SHARE = 0.06
_REMEMBERED_POSTS = 400
_TRIES = 12
SPIKE_THEME = "app"


class SampleConversation:
    """Posts about Solane over four weeks: `posts` of them in time linear in their number."""

    def __init__(self, seed: int = 1, posts: int = 3_000, ends_at: datetime = DEFAULT_END) -> None:
        self._name = f"{seed}-{posts}-{ends_at:%Y%m%d%H%M}"
        self._count = posts
        self._dice = random.Random(f"{self._name}/posts")
        self._cast = Cast(seed, max(40, posts // 3))
        self._timeline = Timeline(ends_at)
        self._composers = {
            language: Composer(material(language), Phrasing(material(language), self._dice), self._dice)
            for language in LANGUAGES
        }
        self._theme_weights = {
            audience: [theme.share * theme.affinity.get(audience, 1.0) for theme in themes()] for audience in AUDIENCES
        }

    @property
    def spike(self) -> Window:
        """When people complain about the broken update."""
        return self._timeline.spike

    def posts(self) -> Iterator[SamplePost]:
        """The posts, oldest first."""
        written: set[str] = set()
        recent: deque[SamplePost] = deque(maxlen=_REMEMBERED_POSTS)
        for number, (moment, in_spike) in enumerate(self._timeline.moments(self._count, self._dice)):
            voice = self._cast.pick(self._dice)
            if recent and not in_spike and self._dice.random() < REPOST_SHARE:
                yield self._repost(number, moment, voice, self._dice.choice(recent))
                continue
            text, truth = self._new_text(voice, in_spike, written)
            post = self._post(number, moment, voice, text, truth)
            if truth.kind == "brand":
                recent.append(post)
            yield post

    def _new_text(self, voice: Voice, in_spike: bool, written: set[str]) -> tuple[str, Truth]:
        for _ in range(_TRIES):
            text, truth = self._text(voice, in_spike)
            if truth.kind != "brand" or text not in written:
                break
        written.add(text)
        return text, truth

    def _text(self, voice: Voice, in_spike: bool) -> tuple[str, Truth]:
        composer = self._composers[voice.language]
        if in_spike:
            return composer.spike(voice, self._theme(SPIKE_THEME))
        lot = self._dice.random()
        if lot < CHATTER_SHARE:
            return composer.chatter(voice)
        if lot < CHATTER_SHARE + SPAM_SHARE:
            return composer.spam(voice)
        return composer.brand(voice, self._dice.choices(themes(), self._theme_weights[voice.audience])[0])

    def _theme(self, name: str) -> Theme:
        return next(theme for theme in themes() if theme.name == name)

    def _repost(self, number: int, moment: datetime, voice: Voice, original: SamplePost) -> SamplePost:
        text = material(original.language).repost.format(author=f"@{original.author}", text=original.text)
        truth = replace(
            original.truth,
            audience=voice.audience,
            in_spike=original.truth.in_spike and self.spike.holds(moment),
            repost_of=original.external_id,
        )
        return self._post(number, moment, replace(voice, language=original.language), text, truth)

    def _post(self, number: int, moment: datetime, voice: Voice, text: str, truth: Truth) -> SamplePost:
        external_id = f"sample-{self._name}-{number}"
        url = f"https://{voice.platform}.example/{voice.handle}/{external_id}"
        return SamplePost(external_id, voice.platform, voice.handle, text, moment, voice.language, url, truth)
