"""The material of the sample conversation: themes and languages, read from their files."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from ingest.sources.sample.truth import Language

LANGUAGES: tuple[Language, ...] = ("en", "fr")
Phrases = Sequence[str]
Named = Mapping[str, Phrases]


@dataclass(frozen=True, slots=True)
class ThemePhrases:
    """How people talk about a theme in one language; reasons and needs go by name."""

    complaints: Phrases
    praises: Phrases
    questions: Phrases
    leaving: Phrases
    staying: Phrases
    because_leaving: Named
    because_staying: Named
    needs: Named
    spike_complaints: Phrases
    spike_needs: Named


@dataclass(frozen=True, slots=True)
class Theme:
    """A topic of the conversation: how much of it, how it feels, and who brings it up."""

    name: str
    share: float
    praise: float
    question: float
    affinity: Mapping[str, float]
    phrases: Mapping[Language, ThemePhrases]


@dataclass(frozen=True, slots=True)
class LanguageMaterial:
    """What a language fills posts with, whatever their theme."""

    because: Phrases
    therefore: Phrases
    elision: str
    endings: Phrases
    names: Phrases
    slots: Named
    tone: Named
    audiences: Named
    chatter: Phrases
    spam: Phrases
    repost: str
    typos: Mapping[str, str]


@cache
def themes() -> tuple[Theme, ...]:
    """Every theme, in alphabetical order."""
    folder = files(__package__) / "themes"
    return tuple(_theme(file) for file in sorted(folder.iterdir(), key=lambda file: file.name))


@cache
def material(language: Language) -> LanguageMaterial:
    """What the conversation in one language is made of."""
    content = _read(files(__package__) / "languages" / f"{language}.toml")
    noise = content.pop("noise")
    return LanguageMaterial(**content, **noise)


def _theme(file: Traversable) -> Theme:
    content = _read(file)
    return Theme(
        name=file.name.removesuffix(".toml"),
        phrases={language: _phrases(content.pop(language)) for language in LANGUAGES},
        **content,
    )


def _phrases(content: dict[str, Any]) -> ThemePhrases:
    spike = content.pop("spike", {"complaints": [], "needs": {}})
    return ThemePhrases(**content, spike_complaints=spike["complaints"], spike_needs=spike["needs"])


def _read(file: Traversable) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))
