"""What people and programs do to a text when they pass it on, and small changes that make another message of it."""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Edit = Callable[[str, random.Random], str | None]

_WORD = re.compile(r"(?<![#@$/.\w])[A-Za-zÀ-ÿ]{5,}(?!\w|://|\.\w)")
_NUMBER = re.compile(r"(?<![\w/.])\d+(?![\w/])")
_HANDLE = re.compile(r"@\w+")
_ADDRESS = re.compile(r"https?://\S+")
_TAG = re.compile(r"#\w+\s*$")
_CASHTAG = re.compile(r"\$[A-Z]+")
_VERB = re.compile(r"\b(is|are|was|will|can|do|does|did|has|have|should|would)\b", re.IGNORECASE)
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_EMOJI = ("😂", "😡", "🙏", "❤️", "🔥", "👍🏽", "✈️")
_NAMES = ("anna_b", "MrTweet", "le_train", "newsbot24", "J0hn")
_TAGS = ("fail", "news", "travel", "help", "love")
_ACCENTED = str.maketrans("éèêëàâîïôûùçÉÈÀ", "eeeeaaiiouucEEA")
LONGEST_TWEET = 140


def repost(text: str, dice: random.Random) -> str:
    """Repeats it in the old way, within 140 signs."""
    repeated = f"RT @{dice.choice(_NAMES)}: {text}"
    return repeated if len(repeated) <= LONGEST_TWEET else repeated[: LONGEST_TWEET - 1] + "…"


def other_address(text: str, dice: random.Random) -> str:
    """Links to another place, or to one at all."""
    address = f"http://t.co/{''.join(dice.choices(_LETTERS, k=10))}"
    return _ADDRESS.sub(address, text) if _ADDRESS.search(text) else f"{text} {address}"


def other_tag(text: str, dice: random.Random) -> str:
    """Ends with another hashtag, or with one at all."""
    tag = f"#{dice.choice(_TAGS)}"
    return _TAG.sub(tag, text) if _TAG.search(text) else f"{text} {tag}"


def other_handle(text: str, dice: random.Random) -> str | None:
    """Speaks to somebody else."""
    return _HANDLE.sub(f"@{dice.choice(_NAMES)}", text) if _HANDLE.search(text) else None


def misspelling(text: str, dice: random.Random) -> str | None:
    """Adds, drops, changes or swaps a letter of a word."""
    word = _pick(_WORD, text, dice)
    if word is None:
        return None
    at = word.start() + dice.randrange(1, len(word.group()) - 1)
    letter = dice.choice(_LETTERS)
    changed = (text[at + 1] + text[at], letter + text[at : at + 2], text[at + 1], letter + text[at + 1])
    return text[:at] + dice.choice(changed) + text[at + 2 :]


def emoji(text: str, dice: random.Random) -> str:
    """Adds an emoji in front, behind or between two words."""
    words = text.split(" ")
    words.insert(dice.randrange(len(words) + 1), dice.choice(_EMOJI))
    return " ".join(words)


def cut(text: str, dice: random.Random) -> str | None:
    """Cuts it off, as a client or a preview does."""
    at = int(len(text) * dice.uniform(0.6, 0.9))
    return f"{text[:at]}…" if at >= 40 else None


def case_and_punctuation(text: str, dice: random.Random) -> str:
    """Shouts it, or writes it without full stops and commas."""
    return text.upper() + "!!" if dice.random() < 0.5 else re.sub(r"[.,;:!?](?=\s|$)", "", text) + " !"


def no_accents(text: str, _: random.Random) -> str | None:
    """Writes French without accents."""
    bare = text.translate(_ACCENTED)
    return bare if bare != text else None


def comment(text: str, dice: random.Random) -> str:
    """Puts a remark before it."""
    return f"{dice.choice(('So true!', 'Exactly this:', 'Read this.', 'LOL'))} {text}"


def other_number(text: str, dice: random.Random) -> str | None:
    """Another number: another flight, another price."""
    number = _pick(_NUMBER, text, dice)
    if number is None:
        return None
    return f"{text[: number.start()]}{int(number.group()) + dice.randrange(1, 9)}{text[number.end() :]}"


def other_word(text: str, dice: random.Random, words: Sequence[str]) -> str | None:
    """Another word in place of one that says something."""
    word = _pick(_WORD, text, dice)
    other = dice.choice(words)
    if word is None or other.lower() == word.group().lower():
        return None
    return text[: word.start()] + other + text[word.end() :]


def negation(text: str, dice: random.Random) -> str | None:
    """The contrary."""
    verb = _pick(_VERB, text, dice)
    return None if verb is None else f"{text[: verb.end()]} not{text[verb.end() :]}"


def other_company(text: str, dice: random.Random) -> str | None:
    """The same said of another company."""
    tags = ("$ACME", "$ZORG", "$WAYNE")
    return _CASHTAG.sub(dice.choice(tags), text, count=1) if _CASHTAG.search(text) else None


def words_of(texts: Sequence[str]) -> list[str]:
    """Words to put in place of others: every word that says something, as often as it is used."""
    return [word for text in texts for word in _WORD.findall(text)]


COPIES: dict[str, Edit] = {
    "RT @somebody: in front": repost,
    "another link": other_address,
    "another last hashtag": other_tag,
    "another handle": other_handle,
    "misspelling": misspelling,
    "emoji added": emoji,
    "cut off with an ellipsis": cut,
    "case and punctuation": case_and_punctuation,
    "accents dropped": no_accents,
    "remark in front": comment,
}
OTHERS: dict[str, Edit] = {
    "another number": other_number,
    "negated": negation,
    "another company": other_company,
}


@dataclass(frozen=True, slots=True)
class Planted:
    """A text, the original that it was made from (or is), and how; a text of another message has no original."""

    text: str
    original: int
    kind: str
    is_copy: bool


def plant(texts: Sequence[str], each: int, seed: int) -> list[Planted]:
    """The originals and some `each` of every kind of edit and of other message, in random order."""
    dice = random.Random(seed)
    words = words_of(texts)
    planted = [Planted(text, number, "original", True) for number, text in enumerate(texts)]
    others = {**OTHERS, "another word": lambda text, dice: other_word(text, dice, words)}
    for kinds, are_copies in ((COPIES, True), (others, False)):
        for kind, edit in kinds.items():
            planted += _plant_kind(texts, kind, edit, each, dice, are_copies)
    dice.shuffle(planted)
    return planted


def _plant_kind(
    texts: Sequence[str], kind: str, edit: Edit, each: int, dice: random.Random, are_copies: bool
) -> list[Planted]:
    planted: list[Planted] = []
    for number in dice.sample(range(len(texts)), len(texts)):
        if len(planted) >= each:
            break
        changed = edit(texts[number], dice)
        if changed is not None and changed != texts[number]:
            planted.append(Planted(changed, number, kind, are_copies))
    return planted


def _pick(pattern: re.Pattern[str], text: str, dice: random.Random) -> re.Match[str] | None:
    found = list(pattern.finditer(text))
    return dice.choice(found) if found else None
