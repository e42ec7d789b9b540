"""Train the tagger of names: `python -m enrichment.training.entities`, some ten minutes on one core."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer
from numpy.typing import NDArray

from enrichment.encoding.encoder import Encoder
from enrichment.entities.features import lexical_features, shape_features
from enrichment.entities.tagger import MODEL, Layers, NameTagger, looks, word_states
from enrichment.entities.tags import TAGS, first_tag
from enrichment.entities.words import Words
from enrichment.heads.files import HeadFile
from enrichment.scores.names import entity_scores
from enrichment.settings import EnrichmentSettings
from enrichment.texts.spans import Span
from enrichment.training.corpora import data_folder
from enrichment.training.names import TaggedText, btc, wnut
from enrichment.training.tagging import Example, TaggerNetwork

EPOCHS, BATCH, RATE = 10, 32, 2e-3
# BTC says less of a word than WNUT does, and there is more of it.
BTC_WEIGHT = 0.5
THRESHOLDS = (0.0, 0.3, 0.4, 0.5, 0.6)
_TEXTS_AT_ONCE = 500
_log = logging.getLogger(__name__)


def main(
    encoder: Annotated[str, typer.Option(help="Sentence-transformers model whose pass it will read.")] = "",
    file: Annotated[Path, typer.Option(help="Model file to write.")] = MODEL,
) -> None:
    """Train the tagger on the data sets in POURQUOI_DATA and write its model file."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    torch.manual_seed(0)
    torch.set_num_threads(1)
    settings = EnrichmentSettings()
    bare = Encoder.load(encoder or settings.encoder, settings.precision)
    texts = training_texts(data_folder())
    learnt, held_out = [each for each in texts if not each.is_held_out], [each for each in texts if each.is_held_out]
    network = train(list(examples(bare.with_projection(np.eye(bare.token_width, dtype=np.float32)), learnt)))
    tagger = NameTagger(Layers.of(network.tensors()), threshold=0.0)
    threshold = _threshold(bare.with_projection(tagger.layers.projection), tagger, held_out)
    facts = {"encoder": bare.label, "threshold": str(threshold)}
    HeadFile(network.tensors(), facts).save(file)
    _log.info("Wrote %s: names from a probability of %.1f on.", file.name, threshold)


def training_texts(folder: Path) -> list[TaggedText]:
    """The training parts, without what also occurs in the parts that are scored on, and each text once."""
    scored = {each.text.lower() for each in (*wnut(folder, "emerging.dev.conll"), *btc(folder, "btc.dev"))}
    texts = {each.text: each for each in (*btc(folder, "btc.train"), *wnut(folder, "wnut17train.conll"))}
    return [each for each in texts.values() if each.text.lower() not in scored]


def examples(encoder: Encoder, texts: Sequence[TaggedText]) -> Iterator[Example]:
    """What the network learns from; `encoder` keeps the layers of each token as they are."""
    for first in range(0, len(texts), _TEXTS_AT_ONCE):
        some = texts[first : first + _TEXTS_AT_ONCE]
        words = Words.of([each.text for each in some])
        encoded = encoder.encode([each.text for each in some])
        layers = word_states(words, encoded.tokens, encoded.token_states).astype(np.float16)
        features = [(lexical_features(look[0]), shape_features(*look)) for look in looks(words)]
        bounds = np.searchsorted(words.texts, np.arange(len(some) + 1))
        for text, start, end in zip(some, bounds, bounds[1:], strict=False):
            if end > start:
                lexical, shapes = zip(*features[start:end], strict=True)
                places = list(map(Span, words.starts[start:end].tolist(), words.ends[start:end].tolist()))
                weight = BTC_WEIGHT if text.untagged else 1.0
                yield Example(layers[start:end], lexical, shapes, allowed_tags(text, places), weight)


def allowed_tags(text: TaggedText, words: Sequence[Span]) -> NDArray[np.bool_]:
    """The tags that may be right, a row per word."""
    allowed = np.zeros((len(words), TAGS), np.bool_)
    allowed[:, 0] = True
    for kind in text.untagged:
        allowed[:, first_tag(kind) : first_tag(kind) + 2] = True
    for row, word in enumerate(words):
        if text.untagged and text.text[word.start] == "#":
            # BTC tags what a hashtag names, WNUT hardly ever does: nothing is learnt from either.
            allowed[row] = True
    for span, kinds in text.names:
        inside = [row for row, word in enumerate(words) if word.start < span.end and word.end > span.start]
        for place, row in enumerate(inside):
            allowed[row] = False
            allowed[row, [first_tag(kind) + (place > 0) for kind in kinds]] = True
    return allowed


def train(material: Sequence[Example]) -> TaggerNetwork:
    """A network trained on batches of examples of like length."""
    network = TaggerNetwork(material[0].layers.shape[1]).train()
    optimizer = torch.optim.AdamW(network.parameters(), RATE, weight_decay=0.01)
    steps = EPOCHS * (-(-len(material) // BATCH))
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps, pct_start=0.1)
    random = np.random.default_rng(0)
    for epoch in range(EPOCHS):
        losses = [_step(network, batch, optimizer, schedule) for batch in _batches(material, random)]
        _log.info("Epoch %d of %d: loss %.4f.", epoch + 1, EPOCHS, np.mean(losses))
    return network.eval()


def _batches(material: Sequence[Example], random: np.random.Generator) -> list[list[Example]]:
    sizes = np.array([len(each.layers) for each in material]) + random.uniform(0, 6, len(material))
    order = np.argsort(sizes)
    batches = [[material[row] for row in order[at : at + BATCH]] for at in range(0, len(order), BATCH)]
    return [batches[at] for at in random.permutation(len(batches))]


def _step(
    network: TaggerNetwork,
    batch: Sequence[Example],
    optimizer: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LRScheduler,
) -> float:
    loss = network.loss(batch)
    optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
    optimizer.step()
    schedule.step()
    return loss.item()


def _threshold(encoder: Encoder, tagger: NameTagger, texts: Sequence[TaggedText]) -> float:
    """The threshold that gives the best F1 on texts of WNUT that were left out."""
    kept = [each for each in texts if not each.untagged]
    found = {threshold: entity_scores(encoder, tagger, kept, threshold).f1 for threshold in THRESHOLDS}
    _log.info("F1 on %d texts that were left out, by threshold: %s", len(kept), found)
    return max(found, key=lambda threshold: found[threshold])


if __name__ == "__main__":
    typer.run(main)
