"""The small words that show, in English and French, what a statement judges."""

from __future__ import annotations

from dataclasses import dataclass

from enrichment.keyphrases.stop_words import STOP_WORDS


@dataclass(frozen=True)
class Grammar:
    """Words by what they say about the words beside them; intensifiers count as judgements."""

    determiners: frozenset[str]
    copulas: frozenset[str]
    bridges: frozenset[str]
    judgements: frozenset[str]
    verbs: frozenset[str]
    stop_words: frozenset[str]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ENGLISH = Grammar(
    determiners=_words("the a an my our your their his her its this that these those no any every some"),
    copulas=_words("is was are were isn't wasn't aren't weren't seems seemed looks looked feels felt has been gets"),
    bridges=_words("of"),
    judgements=_words(
        """
        new good great best better excellent amazing awesome lovely nice perfect fantastic wonderful brilliant
        beautiful friendly helpful kind fast quick easy smooth reliable cheap clean fresh tasty delicious comfortable
        happy superb outstanding bad worst worse terrible awful horrible poor rude slow dirty cold late broken useless
        disgusting ridiculous pathetic shitty crappy expensive overpriced unhelpful unreliable annoying confusing
        disappointing disappointed dreadful appalling lousy stupid noisy buggy faulty unfair wrong amazingly really
        very so too such absolutely totally pretty quite super
        """
    ),
    verbs=_words(
        """
        love loved loves like liked likes enjoy enjoyed hate hated hates dislike disliked prefer miss recommend avoid
        adore regret appreciate appreciated despise lost broke ruined cancelled
        """
    ),
    stop_words=STOP_WORDS["en"],
)
_FRENCH = Grammar(
    determiners=_words(
        """
        le la les l' un une des du ce cet cette ces mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs
        aucun aucune au aux quel quelle quels quelles
        """
    ),
    copulas=_words("est était sont étaient n'est n'était semble reste sera serait fut a ont"),
    bridges=_words("de d' du des"),
    judgements=_words(
        """
        nouveau nouvelle nouveaux nouvelles bon bonne bons bonnes super excellent excellente excellents génial géniale
        géniaux parfait parfaite agréable sympa sympas rapide rapides efficace gentil gentille pratique propre
        délicieux délicieuse magnifique magnifiques beau belle impeccable top meilleur meilleure satisfait satisfaite
        nul nulle nuls nulles mauvais mauvaise mauvaises pire horrible horribles lent lente lents lentes sale sales
        cher chère chers chères froid froide cassé cassée inutile inutiles décevant décevante déçu déçue catastrophique
        lamentable honteux honteuse scandaleux scandaleuse inadmissible désagréable impoli impolie affreux affreuse
        pourri pourrie médiocre défectueux défectueuse grave vraiment très trop si tellement hyper assez totalement
        complètement
        """
    ),
    verbs=_words(
        """
        adore adoré aime aimé déteste détesté apprécie apprécié recommande conseille déconseille préfère évitez
        regrette perdu annulé cassé
        """
    ),
    stop_words=STOP_WORDS["fr"],
)
GRAMMARS = {"en": _ENGLISH, "fr": _FRENCH}
