"""Words, by language, that say nothing about a topic, and those that a phrase may reach across."""

from __future__ import annotations

# Nothing of these is ever part of a keyphrase, in any language.
_NOISE = "rt via amp gt lt quot http https www com lol omg lmao haha hahaha pls plz thx tks btw smh wtf idk imo tbh dm"

_STOP_WORDS = {
    "en": """
        a about above actually after again all almost already also although always am an and another any
        anymore anyone anything anyway are aren't around as ask asked asking at away back bad be because
        been before being best better between both but by came can can't cannot cant come comes coming could
        couldn't day days did didn't didnt do does doesn't doesnt doing don't done dont down each either
        else en enough even ever every everyone everything far few find first for from further gave get gets
        getting give given gives giving go goes going gone gonna good got gotta great guess guys had hadn't
        half has hasn't have haven't having he he's hello her here here's hers hey hi him his hmm how
        however i i'd i'll i'm i've if im in instead into is isn't isnt it it'd it'll it's its itself ive
        just keep keeps kept kind knew know knows last least less let let's like literally little ll look
        looking looks lot lots love made make makes making many may maybe me mean means might mine more most
        much must my myself need needed needs never new next nice no nobody none nope nor not nothing now of
        off often oh ok okay on once one ones only onto or other others our ours out over own part people
        per perhaps please pretty probably put quite rather re really right said same saw say saying says
        see seem seems seen seriously shall she she's should shouldn't since so some somebody someone
        something soon sorry still stop such sure take taken takes taking tell telling than thank thanks
        that that's thats the their theirs them themselves then there there's theres these they they'd
        they'll they're they've theyre thing things think this those though thought thru thus til till time
        times to today told tomorrow tonight too took totally toward tried tries try trying two u under
        unless until up upon ur us use used using usually ve very want wanted wants was wasn't wasnt way we
        we'd we'll we're we've well went were weren't what what's whatever when where whether which while
        who who's whole whom whose why will with within without won't wont would wouldn't wow ya yeah year
        years yes yesterday yet yo you you'd you'll you're you've your youre yours yourself""",
    "fr": """
        a absolument ai aie ainsi alors après as assez au aucun aucune aujourd'hui auquel aura aurait aussi
        autant autre autres aux avais avait avant avec avez avoir avons ayant bah beaucoup bien bon bonjour
        bonne bonsoir bref c'est car ce ceci cela celle celles celui cent certain certaine certains ces cet
        cette ceux chaque chez ci combien comme comment contre coup d'un d'une dans de demain depuis des
        deux devant devez devoir dire dis dit dites doit doivent donc dont du durant dès déjà elle elles en
        encore enfin entre es est et eu eux faire fais faisait fait faites fallait faut fois font grâce hein
        hier hop hors hélas ici il ils j'ai j'aime je jour jours jusqu'à jusque juste l'on la le les
        lesquels leur leurs lors lorsque lui là ma maintenant mais malgré me merci mes met mettre mieux mis
        moi moins mon monde même mêmes n'ai n'est ne ni non nos notre nous nouveau nouvelle nôtre on ont ou
        ouais oui où par parce parfois parmi part pas pendant personne peu peut peuvent peux plus plusieurs
        plutôt pour pourquoi pourrait pourtant pouvez pouvoir presque prochain prochaine près puis puisque
        qu'est quand quant que quel quelle quelles quelque quelques quels qui quoi rien s'est s'il sa sans
        se sera serait ses seul seule seulement si sinon soi soient sois soit sommes son sont sous souvent
        suis super sur surtout svp ta tandis te tel telle tellement tels tes toi ton toujours tous tout
        toute toutefois toutes trop très tu un une va vais vas venir vers veut veux vient voici voilà voir
        vois voit vont vos votre voulais vous vraiment vu vôtre y à ça étaient étais était étant étante été
        évidemment être""",
    "es": """
        a ahora al algo alguien así aunque aún bien buen bueno cada casi como con contra cosa cosas cual
        cuando da de del desde donde dos día días e el ella ellas ellos en entonces entre era eran eres es
        esa ese eso esos esta estar este esto estos estoy está están fue fueron gente gracias gran ha hace
        hacer han has hasta hay he hola hoy ir la las le les lo los me mejor menos mi mis mismo momento
        mucho muy más nada ni no nos nosotros o os otra otro para pero poco por porque puede pues que quien
        quiero qué se sea ser si sido siempre sin sobre solo somos son soy su sus sí sólo también tan tanto
        te tener tengo tiene tienen todo todos tu tus tú un una uno unos va vamos ver vez voy y ya yo él""",
    "pt": """
        a agora ai ainda algo alguém ao aos aqui as até bem bom cada coisa com como da das de dela dele
        depois do dos e ela elas ele eles em então era essa esse esta estar este está estão eu faz fazer foi
        for gente hoje isso já la lá mais mas me mesmo meu meus mim minha muito na nada nao nas nem no nos
        nossa nosso num numa não nós o obrigado os ou para pela pelo por porque pq pra pro quando que quem
        quero se sei sem ser seu seus sobre sou sua suas só também te tem tenho ter toda todo todos tudo um
        uma vai vc vcs você vocês vou é""",
    "de": """
        aber alle allem allen alles als also am an auch auf aus bei bin bis bist bitte da dabei damit danke
        dann das dass dein deine dem den denn der des dich die dir doch du durch ein eine einem einen einer
        eines er es etwas euch für ganz gar gegen geht gerade gibt gut hab habe haben hast hat hatte hier
        hin ich ihm ihn ihr ihre im immer in ins ist ja jede jeder jetzt kann kein keine mal man mehr mein
        meine mich mir mit nach nicht nichts noch nun nur ob oder ohne schon sehr sein seine seit sich sie
        sind so soll um und uns unser unter vom von vor war waren warum was wegen weil wenn wer werden wie
        wieder will wir wird wo wohl wurde zu zum zur über""",
    "it": """
        a ad adesso ai al alla alle allo anche ancora avere bene c'è che chi ci ciao come con cosa così cui
        da dai dal dalla dei del della delle dello di dopo dove due e ed era essere fa fare fatto già gli
        grazie ha hai hanno ho i il in io l'ho la le lei lo loro lui ma mai me meno mi mia mio molto ne nei
        nel nella no noi non nulla o oggi ogni ora per perché però più poi prima proprio può qualcosa quando
        quanto quasi quella quello questa questi questo qui sa se sei sempre senza si solo sono sta stato su
        sua sul sulla suo sì te ti tra tu tua tuo tutti tutto un una uno va vi voi volta è""",
}

# "flight was cancelled" reads as "flight cancelled".
_BRIDGES = {
    "en": "was were is are been being got be isn't wasn't getting gets had has of",
    "fr": "est sont était étaient été a ont de d' du des la le les",
    "es": "es fue está de del",
    "pt": "é foi está de do da",
    "de": "ist war wird wurde",
    "it": "è era di del della",
}


def _words(language: str) -> frozenset[str]:
    return frozenset(_STOP_WORDS[language].split() + _NOISE.split())


NOISE = frozenset(_NOISE.split())
STOP_WORDS = {language: _words(language) for language in _STOP_WORDS}
BRIDGES = {language: frozenset(words.split()) for language, words in _BRIDGES.items()}
