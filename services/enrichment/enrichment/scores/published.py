"""What others published on the test parts of the same data, in percent.

TweetEval: Barbieri et al. 2020 and the leaderboard of its repository, macro-recall. UMSAB: Barbieri, Espinosa
Anke and Camacho-Collados 2022, macro-F1. lingua: the accuracy report of its repository.
"""

TWEETEVAL = {"BERTweet": 73.4, "RoBERTa": 71.3, "FastText": 62.9, "SVM": 62.9}
XLM_T = {"ar": 66.9, "en": 70.6, "fr": 71.2, "de": 77.3, "hi-Latn": 56.4, "it": 69.1, "pt": 75.4, "es": 67.9}
FASTTEXT = {"ar": 46.0, "en": 50.9, "fr": 54.8, "de": 59.6, "hi-Latn": 37.1, "it": 54.7, "pt": 55.1, "es": 50.1}
LINGUA = {"sentences": 96.0, "word-pairs": 89.0, "single-words": 74.3}
