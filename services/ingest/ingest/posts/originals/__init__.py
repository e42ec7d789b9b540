"""The original of each post, as its source gave it: kept compressed, so that it can be mapped anew."""
