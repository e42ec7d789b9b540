"""How one post of the sample conversation is put together from sentences."""

import random
from collections.abc import Sequence

from ingest.sources.sample.lexicon import LanguageMaterial, Named, Theme, ThemePhrases
from ingest.sources.sample.phrasing import Phrasing, without_accents
from ingest.sources.sample.truth import Sentiment, Truth
from ingest.sources.sample.voices import Voice

BRAND = "Solane"


class Composer:
    """Writes posts of one language."""

    def __init__(self, material: LanguageMaterial, phrasing: Phrasing, dice: random.Random) -> None:
        self._material = material
        self._phrasing = phrasing
        self._dice = dice

    def brand(self, voice: Voice, theme: Theme) -> tuple[str, Truth]:
        """A post about one theme of the brand."""
        phrases = theme.phrases[voice.language]
        lot = self._dice.random()
        if lot < theme.praise:
            return self._praise(voice, theme.name, phrases)
        if lot < theme.praise + theme.question:
            return self._question(voice, theme.name, phrases)
        return self._complaint(voice, theme.name, phrases)

    def spike(self, voice: Voice, theme: Theme) -> tuple[str, Truth]:
        """A complaint about what causes the spike."""
        phrases = theme.phrases[voice.language]
        sentences = [self._phrasing.write(phrases.spike_complaints)]
        need = None
        if self._chance(0.4):
            need, wish = self._named(phrases.spike_needs)
            sentences.append(wish)
        truth = Truth("brand", voice.audience, "negative", theme.name, need=need, in_spike=True)
        return self._finish(voice, "negative", sentences), truth

    def chatter(self, voice: Voice) -> tuple[str, Truth]:
        """A post that has nothing to do with the brand, although it may hold its name."""
        text = self._phrasing.write(self._material.chatter)
        return self._style(voice, text), Truth("chatter", voice.audience, "neutral")

    def spam(self, voice: Voice) -> tuple[str, Truth]:
        """An advertisement by somebody who is not the brand."""
        return self._phrasing.write(self._material.spam), Truth("spam", voice.audience, "neutral")

    def _complaint(self, voice: Voice, theme: str, phrases: ThemePhrases) -> tuple[str, Truth]:
        lot = self._dice.random()
        sentences: list[str] = []
        reason = need = None
        if lot < 0.72:
            sentences.append(self._phrasing.write(phrases.complaints))
        if lot > 0.5:
            reason, clause = self._named(phrases.because_leaving)
            sentences.append(self._phrasing.explain(self._phrasing.write(phrases.leaving), clause))
        if self._chance(0.3):
            need, wish = self._named(phrases.needs)
            sentences.append(wish)
        truth = Truth("brand", voice.audience, "negative", theme, need, reason)
        return self._finish(voice, "negative", sentences), truth

    def _praise(self, voice: Voice, theme: str, phrases: ThemePhrases) -> tuple[str, Truth]:
        lot = self._dice.random()
        sentences: list[str] = []
        reason = None
        if lot < 0.75:
            sentences.append(self._phrasing.write(phrases.praises))
        if lot > 0.6:
            reason, clause = self._named(phrases.because_staying)
            sentences.append(self._phrasing.explain(self._phrasing.write(phrases.staying), clause))
        truth = Truth("brand", voice.audience, "positive", theme, reason=reason)
        return self._finish(voice, "positive", sentences), truth

    def _question(self, voice: Voice, theme: str, phrases: ThemePhrases) -> tuple[str, Truth]:
        need = None
        sentences = [self._phrasing.write(phrases.questions)]
        if self._chance(0.25):
            need, wish = self._named(phrases.needs)
            sentences.append(wish)
        truth = Truth("brand", voice.audience, "neutral", theme, need)
        return self._finish(voice, "neutral", sentences), truth

    def _named(self, phrases: Named) -> tuple[str, str]:
        name = self._dice.choice(list(phrases))
        return name, self._phrasing.write(phrases[name])

    def _finish(self, voice: Voice, mood: Sentiment, sentences: Sequence[str]) -> str:
        """Adds what surrounds the point: who speaks, in which mood, to whom."""
        tone = self._material.tone
        parts = list(sentences)
        if self._chance(voice.context):
            parts.insert(
                self._dice.choice([0, len(parts)]), self._phrasing.write(self._material.audiences[voice.audience])
            )
        elif self._chance(0.25):
            parts[0] = self._open(self._phrasing.write(tone[f"{mood}_openers"]), parts[0])
        if self._chance(0.25):
            parts.append(self._phrasing.write(tone[f"{mood}_closers"]))
        text = self._address(voice, " ".join(self._end(part) for part in parts))
        if self._chance(voice.emoji):
            text = f"{text} {self._dice.choice(tone[f'{mood}_emoji']) * self._dice.choice([1, 1, 1, 2, 3])}"
        return self._style(voice, text)

    def _open(self, opener: str, sentence: str) -> str:
        if self._chance(0.3):
            return f"{opener}. {sentence}"
        begins_word = sentence[1:2].islower() and not sentence.startswith(BRAND)
        return f"{opener}, {sentence[0].lower() if begins_word else sentence[0]}{sentence[1:]}"

    def _end(self, sentence: str) -> str:
        if sentence.endswith((".", "?", "!", ":")):
            return sentence
        return sentence + self._dice.choice(self._material.endings)

    def _address(self, voice: Voice, text: str) -> str:
        """Sees to it that a reader knows which company is meant."""
        tone = self._material.tone
        if voice.is_brief:
            if self._chance(voice.hashtags):
                text = f"{text} {self._dice.choice(tone['hashtags'])}"
            if BRAND.lower() not in text.lower():
                mention = self._dice.choice(tone["mentions"])
                return f"{mention} {text}" if self._chance(0.7) else f"{text} {mention}"
        elif BRAND.lower() not in text.lower():
            return f"{self._phrasing.write(tone['reviews'])} {text}"
        return text

    def _style(self, voice: Voice, text: str) -> str:
        if self._chance(voice.typos):
            text = self._phrasing.mistype(text)
        if voice.drops_accents:
            text = without_accents(text)
        return text.lower() if voice.lower_case else text

    def _chance(self, probability: float) -> bool:
        return self._dice.random() < probability
