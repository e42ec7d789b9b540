"""A first query for a plain question: its words and the seeds, in the forms that stored posts use."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from snowballstemmer import stemmer

from ingest.experiments.grams import as_term, asking_words, is_telling, promotion_cues
from ingest.experiments.pools import Pool, takes
from ingest.queries.tokens import fold, tokenise

MOST_FORMS = 8
FEWEST_TAKEN = 5
FEWEST_PROMOTIONS = 3
PROMOTION_SHARE = 0.05
SHORTEST_STEM = 3
# "united", "streaming", "quickly", "résilier": no noun, or seldom one.
_VERBAL = ("ed", "ing", "ly")
_FRENCH_VERBAL = ("er", "ir", "ez")
_WORD = re.compile(r"[^\W_]+")
_STEMMERS = {"en": "english", "fr": "french"}
_NO_WORDS = "The question holds no word to look for; add seeds that relevant posts would hold."
_NO_POSTS = "No post is stored yet: forms of words are guessed, and nothing could be counted."


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a query and why it is there."""

    part: str
    because: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A query with the reason of each of its parts."""

    query: str
    parts: list[Part]
    notes: list[str]


def draft(question: str, seeds: Sequence[str], languages: Sequence[str], pool: Pool) -> tuple[Draft, list[bool]]:
    """A query for a question, and which posts of the pool it takes; the same input gives the same query.

    Seeds name the subject: a post holds any of them. Words of the question that say something form a group each, with
    the forms that stored posts have of them (words of one stem by M. Porter's Snowball; without posts, plurals by
    rule). All groups are required if enough stored posts hold them all, otherwise any of the question's suffices.
    Promotions are excluded only where the posts show some.
    """
    forms = _Forms(languages, (post.record.text for post in pool.posts))
    subject = _subject(seeds, forms)
    ideas = [forms.of(word) for word in _content_words(question, seeds)]
    parts, notes = _assembled(subject, ideas, pool)
    if not pool.posts:
        notes.append(_NO_POSTS)
    if parts and (promotions := _promotions(_joined(parts), pool)):
        parts.append(promotions)
    query = _joined(parts)
    return Draft(query, parts, notes), _taken(query, pool)


class _Forms:
    """The forms of a word: those in posts of the same stem, commonest first."""

    def __init__(self, languages: Sequence[str], texts: Iterable[str]) -> None:
        asked = {language.partition("-")[0].lower() for language in languages} or set(_STEMMERS)
        self._stemmers = [stemmer(name) for language, name in _STEMMERS.items() if language in asked]
        spread = Counter(word for text in texts for word in set(_words(text)))
        self._held = set(spread)
        self._is_french = asked == {"fr"}
        common = sorted(spread, key=lambda word: (-spread[word], word))
        self._families = [_families(each.stemWord, common) for each in self._stemmers]

    def of(self, word: str) -> list[str]:
        """The word itself, its plural if it seems to have one, and what posts make of it; accents do not differ."""
        found = [word, *self.plurals(word)]
        for each, families in zip(self._stemmers, self._families, strict=True):
            stem = each.stemWord(word)
            found += families.get(stem, []) if len(stem) >= SHORTEST_STEM else []
        different: dict[str, str] = {}
        for form in found:
            different.setdefault(fold(form), form)
        return list(different.values())[:MOST_FORMS]

    def plurals(self, word: str) -> list[str]:
        """The plural by rule: of what may be a noun, or where posts hold it."""
        endings = _VERBAL + (_FRENCH_VERBAL if self._is_french else ())
        return [plural for plural in _plurals(word) if plural in self._held or not word.endswith(endings)]


def _families(stem: Callable[[str], str], words: Iterable[str]) -> dict[str, list[str]]:
    families: dict[str, list[str]] = {}
    for word in words:
        families.setdefault(stem(word), []).append(word)
    return families


def _words(text: str) -> list[str]:
    """Words with their accents, which tell stems apart."""
    return _WORD.findall(text.casefold())


def _plurals(word: str) -> list[str]:
    if not word.isalpha() or len(word) < SHORTEST_STEM:
        return []
    if word.endswith("y") and word[-2] not in "aeiou":
        return [f"{word[:-1]}ies"]
    if word.endswith(("s", "x", "z")):
        return [f"{word}es"] if word.endswith("ss") else []
    return [f"{word}es" if word.endswith(("ch", "sh")) else f"{word}s"]


def _content_words(question: str, seeds: Sequence[str]) -> list[str]:
    known = {token for seed in seeds for token in tokenise(seed)}
    silent = asking_words() | known
    telling = (word for word in _words(question) if is_telling(fold(word)) and fold(word) not in silent)
    return list(dict.fromkeys(telling))


def _subject(seeds: Sequence[str], forms: _Forms) -> Part | None:
    terms = [term for seed in seeds if (words := _words(seed)) for term in _seed_terms(words, forms)]
    if not terms:
        return None
    return Part(_group(terms), "What it is about: any of the seeds, in the forms that posts have of them.")


def _seed_terms(words: list[str], forms: _Forms) -> list[str]:
    if len(words) == 1:
        return forms.of(words[0])
    return [as_term(" ".join([*words[:-1], form])) for form in [words[-1], *forms.plurals(words[-1])]]


def _idea(forms: list[str]) -> Part:
    return Part(_group(forms), f"“{forms[0]}” of the question, in the forms that posts have of it.")


def _group(terms: Sequence[str]) -> str:
    different = list(dict.fromkeys(terms))
    return different[0] if len(different) == 1 else f"({' OR '.join(different)})"


def _assembled(subject: Part | None, ideas: list[list[str]], pool: Pool) -> tuple[list[Part], list[str]]:
    head = [subject] if subject else []
    if not head and not ideas:
        return [], [_NO_WORDS]
    strict = [*head, *map(_idea, ideas)]
    if len(ideas) < 2 or sum(_taken(_joined(strict), pool)) >= FEWEST_TAKEN:
        return strict, []
    either = Part(
        _group([form for forms in ideas for form in forms]),
        "Any word of the question: too few stored posts hold all of them.",
    )
    return [*head, either], [f"Under {FEWEST_TAKEN} stored posts hold every idea, so that one of them suffices."]


def _promotions(query: str, pool: Pool) -> Part | None:
    """What to exclude where a noticeable share of the posts advertises."""
    taken = [post.document.tokens.line for post, inside in zip(pool.posts, _taken(query, pool), strict=True) if inside]
    found = Counter(cue for line in taken for cue in promotion_cues() if f" {cue} " in line)
    advertising = sum(any(f" {cue} " in line for cue in found) for line in taken)
    if advertising < FEWEST_PROMOTIONS or advertising < PROMOTION_SHARE * len(taken):
        return None
    cues = _group([as_term(cue) for cue, _ in sorted(found.items(), key=lambda item: (-item[1], item[0]))])
    return Part(f"NOT {cues}", f"{advertising:,} of {len(taken):,} posts advertise.")


def _joined(parts: Sequence[Part]) -> str:
    return " ".join(part.part for part in parts)


def _taken(query: str, pool: Pool) -> list[bool]:
    return takes(query, pool.posts) if query else [False] * len(pool.posts)
