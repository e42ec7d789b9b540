"""The words, by language, at which a clause of its own begins."""

from __future__ import annotations

import re

_SUBJECTS = {
    "en": "i|i'm|im|i've|i'd|you|he|she|it|it's|we|we're|we've|they|they're|there|this|that|nobody|no one|now",
    "fr": "je|tu|il|elle|on|nous|vous|ils|elles|ça|ca|personne|rien|maintenant|j['’]\\w+|c['’]\\w+",
    "es": "yo|tú|él|ella|nosotros|ellos|nadie|nada|ahora|me|no|se|lo",
    "pt": "eu|você|ele|ela|nós|eles|elas|ninguém|nada|agora|me|não",
    "de": "ich|du|er|sie|es|wir|ihr|man|niemand|jetzt|das",
    "it": "io|tu|lui|lei|noi|loro|nessuno|niente|adesso|mi|non|si",
}

# Open a clause wherever they stand.
_ALWAYS = {
    "en": "but|because|cuz|although|even though|whereas|however|except that|unless|so that|which means",
    "fr": "mais|parce qu['’]|parce que|car|puisqu['’]|puisque|alors que|tandis que|cependant|pourtant|sauf que"
    "|du coup|bien que|même si|donc|sinon",
    "es": "pero|porque|aunque|así que|sin embargo|mientras que|ya que|sino que",
    "pt": "mas|porque|embora|então|porém|enquanto que|já que|por isso",
    "de": "aber|weil|obwohl|damit|sondern|sodass|trotzdem|deshalb",
    "it": "ma|perché|anche se|però|quindi|mentre|siccome|poiché",
}

# Open a clause only before a subject: "and I waited", not "bags and coats".
_BEFORE_SUBJECT = {
    "en": "and|so|then|while|when|since|if|until|after|before|or|though|cause|as|yet|plus",
    "fr": "et|quand|lorsqu['’]|lorsque|si|comme|ou|puis|alors|depuis que|avant que|après que",
    "es": "y|cuando|si|como|o|mientras|después de que",
    "pt": "e|quando|se|como|ou|enquanto|depois que",
    "de": "und|wenn|als|ob|oder|während|bevor|nachdem|denn|seit",
    "it": "e|quando|se|come|o|dopo che|prima che",
}


# A comma parts clauses too, where a subject follows it: "no wifi, nobody answers".
# After an elision ("parce qu'il") no word boundary follows.
_ELIDED = "(?<=['’])"


def _pattern(language: str) -> re.Pattern[str]:
    always = rf"(?:{_ALWAYS[language]})(?:{_ELIDED}|(?!\w))"
    before_subject = rf"(?:{_BEFORE_SUBJECT[language]})(?:{_ELIDED}|\s+)(?=(?:{_SUBJECTS[language]})(?!\w))"
    spliced = rf"(?<=,\s)(?=(?:{_SUBJECTS[language]})(?![\w.]))"
    return re.compile(rf"(?<![\w'’-])(?:{always}|{before_subject}|{spliced})", re.IGNORECASE)


CONNECTIVES = {language: _pattern(language) for language in _ALWAYS}
