"""Function words of German, French, Spanish, Italian, Portuguese and Dutch; chosen by reading.

Each language has two lists. Joining words, such as articles, may be missing in a name ("Zinssatz
der Hypothek" for "Hypothekenzinssatz"). Sentence words show that a question is a sentence, and no
part of a name. Words that change a meaning ("ohne", "sin", "contra") are in neither list.
`english_stop_words.py` and `search/name_lookup.py` have those of English.
"""

from __future__ import annotations

from dataclasses import dataclass

from semsearch.text.normalise import fold


@dataclass(frozen=True, slots=True)
class FunctionWords:
    """The function words of a language, as they are written and without accents."""

    joining: frozenset[str]
    sentence: frozenset[str]
    all: frozenset[str]
    """Both; keyword search ignores them."""

    @classmethod
    def of(cls, joining: str, sentence: str) -> FunctionWords:
        """Return the words of two lists; one that is in both without accents is a joining word."""
        one, other = (_with_plain_forms(words.split()) for words in (joining, sentence))
        return cls(one, other - one, one | other)


def _with_plain_forms(words: list[str]) -> frozenset[str]:
    return frozenset((*words, *map(fold, words)))


FUNCTION_WORDS = {
    "de": FunctionWords.of(
        """
        der die das den dem des ein eine einen einem einer eines und oder von vom zu zum zur in im
        ins an am auf aus bei beim mit für als um durch
        """,
        """
        ich du er sie es wir ihr mich dich sich uns euch mir dir ihm ihn ihnen mein meine meinem
        meinen meiner dein deine sein seine seinem seinen seiner ihre ihrem ihren ihrer unser unsere
        man jemand niemand etwas nichts alles was wer wen wem wessen wie wo wohin woher wann warum
        wieso weshalb wozu wofür womit wobei woran worauf worin welche welcher welches welchem
        welchen ist sind war waren bin bist sei wäre wird werden wurde wurden worden hat haben hatte
        hatten habe kann können konnte könnte muss müssen musste soll sollen sollte darf dürfen will
        wollen möchte mag tut tun macht machen gibt geben bekommt heißt heißen nennt nennen genannt
        bedeutet bezeichnet dass ob wenn weil damit da dann so auch noch schon nur sehr mehr aber
        denn doch nicht kein keine keinen keinem keiner jetzt hier dort immer mal bitte eigentlich
        genau dabei dazu davon daran darauf darin dafür dieser diese dieses diesem diesen jener jene
        jenes begriff wort ding sache
        """,
    ),
    "fr": FunctionWords.of(
        """
        le la les l un une des du de d au aux et ou à en dans sur pour par avec comme
        """,
        """
        je j tu il elle on nous vous ils elles me m te t se s lui leur y moi toi eux mon ma mes ton
        ta tes son sa ses notre nos votre vos leurs ce c cet cette ces cela ça celui celle ceux
        celles qui que qu quoi quel quelle quels quelles dont où quand comment pourquoi combien est
        sont était étaient suis es sommes êtes être été soit serait ai as a avons avez ont avoir eu
        avait aurait peut peuvent pouvoir peux doit doivent devoir fait font faire faut va vont
        aller appelle appelons appelle-t nomme nommé appelé signifie veut dire désigne si parce
        donc ainsi aussi encore déjà très plus mais car ne n pas ni rien quelque quelqu quelques
        chose mot terme ici là alors lorsque lorsqu puis
        """,
    ),
    "es": FunctionWords.of(
        """
        el la los las un una unos unas de del al y e o u a en con para por como
        """,
        """
        yo tú él ella ello nosotros vosotros ellos ellas usted ustedes me te se nos os le les lo mi
        mis tu tus su sus nuestro nuestra vuestro esto esta este estos estas eso esa ese esos esas
        aquello aquel aquella que qué quien quién quienes cual cuál cuales cuáles cuyo cuya donde
        dónde cuando cuándo cuanto cuánto cómo porqué es son era eran soy eres somos ser sido sea
        fue fueron está están estaba estar hay había haber he has ha hemos han puede pueden poder
        puedo debe deben deber hace hacen hacer hago va van ir voy tiene tienen tener tengo da dan
        dar llama llaman llamo llamado llamada dice decir significa nombre si porque pues así
        también aún todavía ya muy más pero ni no nada algo alguien alguno alguna algún cosa término
        palabra aquí allí ahí entonces mientras cada
        """,
    ),
    "it": FunctionWords.of(
        """
        il lo la i gli le l un uno una di d del dello della dei degli delle dell al allo alla ai
        agli alle all e ed o od a ad in nel nello nella nei negli nelle nell con per su sul sullo
        sulla sui sugli sulle sull da dal dallo dalla dai dagli dalle dall come
        """,
        """
        io tu lui lei noi voi loro mi ti si ci vi ne me te sé mio mia miei tuo tua suo sua suoi sue
        nostro nostra vostro questo questa questi queste quest quello quella quelli quelle quel che
        chi cosa cos quale quali qual cui dove quando quanto quanta perché è sono era erano essere
        stato sia siamo sei ho hai ha abbiamo hanno avere aveva può possono potere posso deve devono
        dovere fa fanno fare va vanno andare dà danno chiama chiamano chiamato chiamata dice dire
        significa indica nome se quindi così anche ancora già molto più ma né non niente qualcosa
        qualcuno qualche termine parola qui qua lì là allora mentre ogni c
        """,
    ),
    "pt": FunctionWords.of(
        """
        o a os as um uma uns umas de do da dos das d ao aos à às e ou em no na nos nas num numa com
        para por pelo pela pelos pelas como
        """,
        """
        eu tu ele ela nós vós eles elas você vocês me te se lhe lhes meu minha meus minhas teu tua
        seu sua seus suas nosso nossa isto isso aquilo este esta estes estas esse essa esses essas
        aquele aquela que quê quem qual quais cujo cuja onde quando quanto quanta porque porquê é
        são era eram ser sido seja foi foram sou somos está estão estava estar há havia haver pode
        podem poder posso deve devem dever faz fazem fazer vai vão ir tem têm ter tenho dá dão dar
        chama chamam chamado chamada diz dizer significa nome se pois assim também ainda já muito
        mais mas nem não nada algo alguém algum alguma coisa termo palavra aqui ali lá então
        enquanto cada
        """,
    ),
    "nl": FunctionWords.of(
        """
        de het een en of van in op aan bij met voor uit om te als door ten ter
        """,
        """
        ik jij je u hij zij ze wij we jullie mij me jou hem haar ons hun hen zich mijn jouw zijn
        onze uw men iemand niemand iets niets alles wat wie waar wanneer waarom waarvoor waarmee
        waarin waarop hoe welk welke is ben bent was waren wordt worden werd werden heeft hebben
        had hadden heb kan kunnen kon moet moeten moest mag mogen wil willen zal zullen zou zouden
        doet doen maakt maken geeft gaat gaan heet heten noemt noemen genoemd betekent noem dat dit
        die deze dan omdat dus zo ook nog al alleen zeer meer maar want niet geen nu hier daar er
        ding begrip woord term eens eigenlijk precies ervan erop
        """,
    ),
}
"""The function words of each language, by its tag."""
