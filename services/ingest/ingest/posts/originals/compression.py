"""Originals in about half of their size: Zstandard (RFC 8878) with a dictionary of usual shapes.

An original is short, so that alone it hardly shrinks; what it repeats is the shape of its platform's records.
"""

from functools import cache
from importlib.resources import files

from zstandard import DICT_TYPE_RAWCONTENT, ZstdCompressionDict, ZstdCompressor, ZstdDecompressor

# What was compressed with a dictionary can only be read with the same one: add a file, never change one.
NEWEST_DICTIONARY = 1
_LEVEL = 3


def compress(original: bytes) -> bytes:
    """The original in few bytes, by the newest dictionary."""
    return _compressor().compress(original)


def decompress(content: bytes, dictionary: int) -> bytes:
    """The original back from what `compress` made of it when `dictionary` was the newest."""
    return ZstdDecompressor(dict_data=_dictionary(dictionary)).decompress(content)


@cache
def _compressor() -> ZstdCompressor:
    dictionary = _dictionary(NEWEST_DICTIONARY)
    dictionary.precompute_compress(level=_LEVEL)
    return ZstdCompressor(level=_LEVEL, dict_data=dictionary)


@cache
def _dictionary(number: int) -> ZstdCompressionDict:
    shapes = files("ingest.posts.originals").joinpath(f"shapes_{number}.json").read_bytes()
    return ZstdCompressionDict(shapes, dict_type=DICT_TYPE_RAWCONTENT)
