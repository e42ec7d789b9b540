"""What others published on the same data, in percent.

TweetEval: Barbieri et al. 2020 and the leaderboard of its repository, test parts. UMSAB: Barbieri, Espinosa Anke and
Camacho-Collados 2022, test parts. GoEmotions: Demszky et al. 2020, test part. lingua: the accuracy report of its
repository. Suggestions and needs: see the README of the data sets.
"""

TWEETEVAL = {
    "emotion": "TimeLMs 80.2, BERTweet 79.3, RoBERTa 76.1, FastText 65.2",
    "offensive": "TimeLMs 82.2, BERTweet 79.5, RoBERTa 79.5, FastText 73.4",
    "hate": "BERTweet 56.4, FastText 50.6, RoBERTa 46.6",
    "irony": "BERTweet 82.1, TimeLMs 64.5, FastText 63.1, RoBERTa 59.7",
    "sentiment": "BERTweet 73.4, RoBERTa 71.3, FastText 62.9",
}
XLM_T = {"ar": 66.9, "en": 70.6, "fr": 71.2, "de": 77.3, "hi-Latn": 56.4, "it": 69.1, "pt": 75.4, "es": 67.9}
FASTTEXT = {"ar": 46.0, "en": 50.9, "fr": 54.8, "de": 59.6, "hi-Latn": 37.1, "it": 54.7, "pt": 55.1, "es": 50.1}
GOEMOTIONS = "BERT 62-64"
SUGGESTIONS = "SemEval-2019 best 78.1"
NEEDS = {"Baby": "RoBERTa 81.5 or 78.8, CNN 78.5 or 75.4", "Electronics": "RoBERTa 81.5 or 78.8, CNN 78.5 or 75.4"}
LINGUA = {"sentences": 96.0, "word-pairs": 89.0, "single-words": 74.3}
