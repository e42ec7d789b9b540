"""What others published on the same tasks, on test parts that are not here; in percent.

TweetEval: Barbieri et al. 2020, the leaderboard of its repository. UMSAB: Barbieri, Espinosa Anke and
Camacho-Collados 2022 (XLM-T). lingua: the accuracy report of its repository, mean over 75 languages.
"""

TWEETEVAL = {"BERTweet": 73.4, "RoBERTa-base": 71.3, "FastText": 62.9, "SVM": 62.9}
UMSAB = {
    "XLM-T": {"ar": 66.9, "en": 70.6, "fr": 71.2, "de": 77.3, "hi-Latn": 56.4, "it": 69.1, "pt": 75.4, "es": 67.9},
    "FastText": {"ar": 46.0, "en": 50.9, "fr": 54.8, "de": 59.6, "hi-Latn": 37.1, "it": 54.7, "pt": 55.1, "es": 50.1},
}
LINGUA = {"sentences": 96.0, "word-pairs": 89.0, "single-words": 74.3}
