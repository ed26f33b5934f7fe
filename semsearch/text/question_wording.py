"""Question wrappers: the words around a name in "what is X?", in seven languages.

"explain dropout to me like I'm five", "Was bedeutet Dropout?" and "dropout meaning" all ask for
"dropout". Words of asking are taken off at both ends, one phrase after another, until none is left.
Each step is a candidate, the longest first, so that a term that looks like such words itself
("Definition of done") is found whole.

Patterns match a text without capitals and accents, letter by letter as long as the question, so
that what is cut off is cut off the question as it was written.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from semsearch.text.english_stop_words import STOP_WORDS
from semsearch.text.normalise import fold

MAX_ROUNDS = 8
"""Phrases that are taken off at each end."""

_ENGLISH = (
    r"pls|please|hey|hi|hello|ok|okay|so|eli5:?|quick question|question",
    r"(?:in|using) (?:simple|plain|easy|layman'?s?|other) (?:terms|words|english|language)",
    r"(?:can|could|would|will) (?:you|someone|anyone|anybody)(?: please| kindly)?",
    r"(?:tell|teach|remind|show|give|help) (?:me|us)(?: (?:understand|what|all|more|something|a bit))?",
    r"(?:i|we) (?:want|wanted|need|would like) to (?:know|understand|learn)|i'd like to (?:know|understand|learn)",
    r"i (?:don't|do not|dont) (?:know|understand|get)|do you know|does anyone know|i wonder|i am wondering|i'm wondering",
    r"(?:explain|describe|define|clarify|summari[sz]e|elaborate on|introduce|about)(?: to)?(?: (?:me|us))?",
    r"(?:what|who)(?: exactly)?(?:'s|'re| is| are| was| were)(?: exactly| actually| really| basically| even)?"
    r"(?: (?:meant|understood|defined))?(?: (?:by|as|under))?",
    r"whats|what (?:exactly |actually |really )?(?:do|does|did)(?= .* (?:mean|stand for|refer to|signify|denote)\b)",
    r"what (?:do|would) (?:you|we|they|people) mean (?:by|with)",
    r"what (?:exactly |actually |really )?(?:do|does|did)|how (?:do|does)(?= .* works?\W*$)",
    r"(?:the |a |an )?(?:short |simple |exact |formal )?(?:meaning|definition|def|explanation|concept|notion|idea)s?"
    r"(?: (?:of|behind|for)|\s*[:=-])",
    r"(?:the )?(?:term|word|concept|notion|expression|phrase|acronym|abbreviation)s?(?:\s*:)?|what",
)
_ENGLISH_ENDS = (
    r"(?:is|are|was|were|means?|stands? for|refers? to|signif(?:y|ies)|denotes?|works?|does|do)",
    r"(?:(?:is|are) )?(?:all )?about|(?:used |good )?for|what(?:'s| is) (?:it|that|this)",
    r"meaning|definition|def|explained|explanation|defined|in a nutshell|basics|overview|introduction|tutorial|eli5",
    r"(?:to|for) (?:me|us|beginners|dummies|laymen|kids|(?:a |an )?(?:beginner|child|layman|novice|kid|\w+[ -]year[ -]old))",
    r"(?:like|as if) i(?:'m| am|m| was| were)? (?:a |an )?(?:\w+(?:[ -]years?[ -]old)?|idiot|child|beginner)",
    r"please|pls|thanks|thank you|again|exactly|actually|really|basically|simply|briefly|quickly",
    r"(?:in|using) (?:very )?(?:simple|plain|easy|layman'?s?|other|your own|a few|simpler) (?:terms|words|english|language)",
    r"in (?:one|a|two) (?:sentence|word|paragraph)s?|in (?:detail|short|brief|general|english)",
)
_GERMAN = (
    r"bitte|(?:was|wer) (?:(?:genau|eigentlich) )?(?:ist|sind|war|waren|bedeutet|bedeuten|hei(?:ss|\xdf)t|meint|bezeichnet|besagt|macht|machen)"
    r"(?: (?:eigentlich|genau|denn|mit|unter))?(?: (?:der|die|das) (?:begriff|ausdruck|wort|abkurzung))?",
    r"was (?:versteht|meint) man (?:unter|mit)|was",
    r"(?:kannst|konntest|wurdest|konnen|konnten) (?:du|sie|ihr)(?: (?:mir|uns))?(?: bitte)?",
    r"(?:erklare?|definiere?|beschreibe?)(?: sie)?(?: (?:mir|uns))?(?: bitte)?(?: mal)?",
    r"(?:die |eine )?(?:bedeutung|definition|erklarung)(?: (?:von|des|der|zu|fur)|\s*:)?|wofur (?:steht|stehen)",
    r"(?:der |den |dem |des )?(?:begriff|ausdruck|wort|abkurzung)s?(?:\s*:)?|sag mir|wei(?:ss|\xdf)t du",
    r"ich (?:will|mochte) wissen|wie (?:funktioniert|funktionieren|geht)",
)
_GERMAN_ENDS = (
    r"bedeutung|definition|erklarung|(?:einfach |kurz |leicht )?erklart|erklaren|definieren|beschreiben",
    r"ist|sind|bedeutet|bedeuten|hei(?:ss|\xdf)t|bitte|eigentlich|genau|gemeint|zu verstehen",
)
_FRENCH = (
    r"qu'?est[- ]ce (?:que c'est que|que c'est qu'|que|qu')|c'est quoi|(?:que|qu'est-ce que) (?:signifie(?:nt)?|veu(?:len)?t dire|sont|est)",
    r"quelle? est|(?:la |une |le )?(?:definition|signification|explication|sens)(?: (?:du|des|de la|de l'|de|d')|\s*:)?",
    r"(?:defini(?:s|r|ssez)|expliqu(?:e|ez|er)|dis|dites|decri(?:s|re|vez))(?:[- ](?:moi|nous))?|qu'entend[- ]on par",
    r"(?:peux|pouvez|pourrais|pourriez)[- ](?:tu|vous)(?: (?:me|nous)| m')?|(?:le |du |un )?(?:terme|mot|concept)(?: d[eu])?",
    r"a quoi (?:ser(?:t|vent)|correspond(?:ent)?)|qu'appelle[- ]t[- ]on|que designe(?:nt)?|en quoi consiste(?:nt)?",
    r"ce que (?:c'est que |signifie |veut dire )?|s'il (?:te|vous) plait|comment (?:marche|fonctionne)(?:nt)?",
)
_FRENCH_ENDS = (
    r"c'est quoi|qu'est[- ]ce que c'est|definition|signification|explication|veut dire|signifie|est|sont",
    r",?\s*s'il (?:te|vous) plait|svp|stp",
)
_SPANISH = (
    r"(?:\xbf\s*)?(?:que|cual|cuales) (?:es|son|significan?|quieren? decir|se entiende por)(?: exactamente)?(?: el| la)?"
    r"(?: (?:termino|concepto|palabra))?",
    r"por favor|(?:el |la |una )?(?:definicion|significado|explicacion|concepto)(?: (?:del|de las|de los|de la|de)|\s*:)?",
    r"defin[ae]|expli(?:ca|que)(?:me|nos)?|(?:me )?(?:puedes|podrias|puede|podria) (?:explicar|definir|decir)(?:me|nos)?",
    r"a que se refieren?|en que consisten?|para que sirven?",
    r"dime|como funcionan?|(?:el |la )?(?:termino|concepto|palabra)(?: de)?|que (?=.* (?:es|son|significa)\W*$)",
)
_SPANISH_ENDS = (
    r"significado|definicion|explicacion|explicado|por favor|significan?|que es|es|son",
)
_PORTUGUESE = (
    r"(?:o )?que (?:e que e|e|sao|significam?|quer(?:em)? dizer|se entende por)(?: exatamente)?(?: [oa])?(?: (?:termo|conceito|palavra))?",
    r"qual e(?: [oa])?|(?:o |a |uma )?(?:significado|definicao|explicacao|conceito)(?: (?:dos|das|do|da|de)|\s*:)?",
    r"defina|(?:me )?expli(?:que|ca|car)(?:[- ](?:me|nos))?|(?:voce )?(?:pode|poderia|podes) (?:me )?(?:explicar|definir)(?:[- ]me)?",
    r"a que se referem?|em que consistem?|para que servem?",
    r"(?:o |a )?(?:termo|palavra)(?: de)?|o que (?=.* (?:e|significa)\W*$)",
)
_PORTUGUESE_ENDS = (r"significado|definicao|explicacao|por favor|significam?|o que e|e|sao",)
_ITALIAN = (
    r"(?:che )?cos(?:'\s?|a )(?:e|sono|significa(?:no)?|vuol dire|vogliono dire|si intende (?:per|con))|che (?:significa|vuol dire)",
    r"qual e|(?:la |il |una )?(?:definizione|significato|spiegazione|concetto)(?: (?:dello|della|degli|delle|dell'|dei|del|di)|\s*:)?",
    r"spieg(?:ami|aci|a|hi)|definisc[ia]|definire|(?:mi )?(?:puoi|potresti|puo) (?:spiegar(?:mi|e)|definire|dir(?:mi|e))",
    r"a (?:che )?cosa serv(?:e|ono)|in (?:che )?cosa consist(?:e|ono)",
    r"per favore|dimmi|come funziona(?:no)?|(?:il |la )?(?:termine|parola)(?: di)?",
)
_ITALIAN_ENDS = (
    r"significato|definizione|spiegazione|spiegato|per favore|significa|(?:che )?cos'e|cosa e|e|sono",
)
_DUTCH = (
    r"wat (?:is|zijn|betekent|betekenen|houdt)(?: (?:precies|eigenlijk))?(?: (?:het|de) (?:begrip|term|woord))?",
    r"wat versta(?:at men|an we) onder|wat wordt (?:er )?(?:bedoeld met|verstaan onder)|wat",
    r"(?:de |een )?(?:betekenis|definitie|uitleg)(?: (?:van|over)|\s*:)?|leg(?: (?:mij|me|ons))?(?: eens)?(?=.* uit\W*$)",
    r"(?:kun|kan|kunt|zou) (?:je|jij|u)(?: (?:mij|me|ons))?|definieer|beschrijf|waar staat|alsjeblieft|alstublieft",
    r"hoe werk(?:t|en)|(?:het |de )?(?:begrip|term|woord)|vertel(?: (?:mij|me))?(?: over)?",
)
_DUTCH_ENDS = (
    r"betekenis|definitie|uitleggen|uitgelegd|uitleg|uit|eens|definieren|betekent|inhoudt|is|zijn|in|voor|alsjeblieft|aub",
)

_STARTS = re.compile(
    "(?:"
    + "|".join((*_ENGLISH, *_GERMAN, *_FRENCH, *_SPANISH, *_PORTUGUESE, *_ITALIAN, *_DUTCH))
    + r")(?:[\s,]+|(?<=['\u2026:=-])|$)"
)
_ENDS = re.compile(
    r"(?:\s+|(?<=[\w)])\s*[,:]\s*)(?:"
    + "|".join(
        (
            *_ENGLISH_ENDS,
            *_GERMAN_ENDS,
            *_FRENCH_ENDS,
            *_SPANISH_ENDS,
            *_PORTUGUESE_ENDS,
            *_ITALIAN_ENDS,
            *_DUTCH_ENDS,
        )
    )
    + r")\Z"
)
_ARTICLE = re.compile(
    r"(?:an?|the|some|any|ein(?:e[nmrs]?)?|de[rmns]|die|das|une?|les?|la|du|de la|el|l[oa]s|lo|un[oa]s?|[oa]s?|uma?|il|gli|i"
    r"|een|het|de)\s+|(?:l|d|un)'"
)
_END_MARKS = re.compile(r"[\s?!.,:;\xa1\xbf\"'`\u201c\u201d\u201e\u00ab\u00bb\u2026]+\Z")
_START_MARKS = re.compile(r"[\s,:;\xa1\xbf\"'`\u201c\u201d\u201e\u00ab\u00bb]+")


@lru_cache(maxsize=256)  # one question is looked at several times while it is read
def subjects_of(question: str) -> tuple[str, ...]:
    """Return what a question may ask the meaning of: itself, then ever shorter parts."""
    found = unwrapped(question)
    found = (*found, without_article(found[-1]))
    return tuple(one for one in dict.fromkeys(found) if one == question or not _is_small(one))


def subject_of(question: str) -> str:
    """Return the X of a "what is X?" question.

    Other questions come back without the marks around them.
    """
    return subjects_of(question)[-1]


def without_article(text: str) -> str:
    """Return a text without the article it begins with, if it is more than that."""
    match = _ARTICLE.match(plain(text))
    return text[match.end() :] or text if match else text


def plain(text: str) -> str:
    """Return a text without capitals and accents, each letter in its place."""
    return text.lower() if text.isascii() else "".join(map(_plain_letter, text))


@lru_cache(maxsize=1 << 12)
def _plain_letter(letter: str) -> str:
    if letter in "\u2019\u2018\u00b4":
        return "'"
    base = unicodedata.normalize("NFD", letter)[0].lower()
    return base if len(base) == 1 else letter


@lru_cache(maxsize=256)
def unwrapped(question: str) -> tuple[str, ...]:
    """Return a question, and what is left of it after each round of taking off words of asking."""
    found = [question]
    while len(found) <= MAX_ROUNDS and (shorter := _without_phrases(found[-1])) != found[-1]:
        found.append(shorter)
    return tuple(found)


def _without_phrases(text: str) -> str:
    """Take off one phrase at each end, and marks; what would leave nothing stays."""
    if marks := _START_MARKS.match(text):
        text = text[marks.end() :] or text
    if start := _STARTS.match(plain(text)):
        text = text[start.end() :] or text
    text = _END_MARKS.sub("", text) or (text[:-1] or text if text.endswith("?") else text)
    if end := _ENDS.search(plain(text)):
        text = text[: end.start()] or text
    return text


def _is_small(text: str) -> bool:
    """Whether a text is stop words alone, written small: "what is it" asks for no IT."""
    return text.islower() and all(word in STOP_WORDS for word in fold(text).split())
