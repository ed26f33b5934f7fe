"""Comparison patterns: where a question that compares names may be cut, in seven languages.

"LSTM vs GRU", "what is the difference between precision, recall and accuracy?", "is a CNN a neural
network?" and "Unterschied zwischen X und Y" are cut where names may end. Whether the pieces are
names is for others to say: a question may have the words of a comparison and describe something
("the difference between prediction and target").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from semsearch.text.question_wording import plain, unwrapped

MAX_PIECES = 8
"""Most pieces of a question that is parsed; a text with more was pasted."""

_AGAINST = r"vs\.?|v\.|versus|contra|gegen(?:uber)?|\u2260|!=|<>"
_ALIKE = (
    r"(?:is |are |was )?(?:not )?(?:exactly |really |just )?(?:the )?same(?: thing)? (?:as|like)"
    r"|(?:differs?|differed) from|(?:is |are )?(?:so |any )?(?:different|distinct) (?:from|to|than)"
    r"|(?:better|worse|faster|slower|more \w+|less \w+) than|(?:similar|equivalent|equal|related|compared?|opposed) (?:to|with)"
    r"|in (?:comparison|contrast|relation) (?:to|with)|as opposed to|instead of|rather than"
    r"|(?:really |just |also |considered )?an? (?:kind|type|form|sort|example|case|variant|version|instance) of|(?:a )?part of"
    r"|dasselbe wie|das ?(?:selbe|gleiche) wie|im vergleich (?:zu|mit)|(?:eine )?art(?: von)?"
    r"|la meme chose qu(?:e|')|par rapport a(?:ux?)?|lo mismo que|frente a|o mesmo que|em relacao a[os]?"
    r"|lo stesso (?:di|che)|rispetto a(?:ll?[aeo']?)?|hetzelfde als|ten opzichte van"
)
_BESIDE = r"and|or|&|und|oder|et|ou|y|o|e|en"
_VERBAL = r"with|to|from|against|mit|von|avec|a|de|con|com|met|van"
_APART = re.compile(rf"\s+(?:{_AGAINST}|{_ALIKE}|{_BESIDE})\s+|\s*[,;]\s*(?:(?:{_BESIDE})\s+)?")
_APART_AFTER_VERB = re.compile(
    rf"\s+(?:{_AGAINST}|{_ALIKE}|{_BESIDE}|{_VERBAL})\s+|\s*[,;]\s*(?:(?:{_BESIDE})\s+)?"
)
_IS_AGAINST = re.compile(rf"\s+(?:{_AGAINST})\s+")
_IS_ALIKE = re.compile(rf"\s+(?:{_ALIKE})\s+")

_BETWEEN = re.compile(
    r"(?:(?:is there|gibt es|y a-t-il|hay|ha|c'e|is er|the|an?|any|some|main|key|biggest|exact|real|actual|the|der|die|den|einen?"
    r"|la|les|une|el|los|una|o|a|as|uma|il|le|het|de|een) )*(?:"
    r"(?:difference|distinction|similarit(?:y|ie)|relation(?:ship)?|connection|comparison|trade-?off|link)s?(?: is there| are there)? between"
    r"|dif+\w{3,8} (?:be?t+we+n+|b/w)"  # mistyped as often as any word here
    r"|unterschiede?(?: besteht| gibt es| ist)? zwischen|(?:zusammenhang|vergleich) (?:zwischen|von)"
    r"|differences?(?: y a-t-il| il y a)? entre|comparaison entre|diferen[c]i?as?(?: hay| existe| ha)? entre|comparac(?:ion|ao) entre"
    r"|differenz[ae](?: c'e)? (?:tra|fra)|confronto (?:tra|fra)|verschil(?:len)?(?: is er)? tussen"
    r")\s+"
)
"""A noun of comparing with what may stand before it: "measures the difference between" describes
something."""
_VERB = re.compile(
    r"(?:how (?:do|can|to|would|should) (?:(?:i|you|one|we) )?|bitte )?(?:"
    r"(?:compare|comparing|contrast|distinguish|differentiate|tell(?=.* (?:from|apart)))(?: between)?"
    r"|vergleichen?(?: sie)?|unterscheiden? sie|compar(?:er?|ez|ar?)|confronta(?:re)?|vergelijk(?:en)?"
    r")\s+"
)
_HOW = re.compile(
    r"(?:(?:how|why|in what way|where) (?:do|does|is|are)(?=.* (?:differ|different|distinct|compare|related|similar)\b)"
    r"|(?:worin|wie|wodurch) unterscheide(?:n|t) sich)\s+"
)
_CHOICE = re.compile(
    r"(?:(?:when |why )?(?:should|shall|do|would|can) (?:i|we|you|one) (?:use|choose|prefer|pick|take|need)"
    r"|when to (?:use|choose|prefer)|which (?:one )?(?:is|are|works?) (?:better|best|faster|cheaper|\w+er|more \w+)\s*[,:?-]?"
    r"|what(?:'s| is) (?:better|best|faster)\s*[,:?-]?)\s+"
)
_IS = re.compile(
    r"(?:is|are|was|were|isn't|aren't|ist|sind|est-ce que|es|son|e|sao|sono|zijn)\s+|est-ce qu'"
)
_TAIL = re.compile(
    r"(?:\s+|\s*[,:?-]\s+)(?:differ(?: from each other)?|(?:really |actually )?(?:the )?(?:same(?: thing)?|different|related|similar)|apart"
    r"|compared?|comparison|(?:what(?:'s| is| are) )?(?:the )?differences?|what(?:'s| is) better"
    r"|which (?:one )?(?:is |are |to |should (?:i|we|one) )(?:better|best|faster|use|choose|prefer|pick|\w+er)"
    r"|(?<=[,:;?-] )(?:which|what|when|how|why)\b[^,]*"
    r"|unterschiede?|vergleich|dasselbe|das gleiche|la meme chose|lo mismo|o mesmo|hetzelfde|verschil)\Z"
)
_ARTICLE = r"(?:an?|the|ein(?:e[nrm]?)?|une?|una|uma?|een|de[rnm]|die|das)"
_CLAIM = re.compile(
    rf"\s+(?:(?:really|just|also|still|actually|eigentlich|nur|auch) )*{_ARTICLE}\s+"
)
_CLAIM_OF = re.compile(
    rf"\s+{_ARTICLE}\s+(?:\w+\s+)?\w+\s+(?:of|to|for|von|de|di|van)\s+(?:{_ARTICLE}\s+)?"
)
"""What one thing is said to be of another: "a subset of", "an alternative to"."""
_COPULA = re.compile(rf"\s+(?:is|are|ist|sind|est(?:-(?:il|elle|ce))?|es|e|zijn)\s+{_ARTICLE}\s+")
_BLANK = re.compile(r"\s+")
_MARKS = re.compile(r"[\s?!.,:;\xa1\xbf]+\Z")


@dataclass(frozen=True, slots=True)
class CutQuestion:
    """A question cut where names may begin and end.

    `starts` and `ends` say where each piece lies in `text`; several pieces that follow each other
    may be one name ("R and D"). `has_comparing_words` says that words of comparing were used, so
    that a name may be misspelt or said in part; `may_begin_late` that other words may stand before
    the first name, and `may_end_early` behind the last.
    """

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    has_comparing_words: bool
    may_begin_late: bool = False
    may_end_early: bool = False

    def piece(self, first: int, last: int) -> str:
        """Return the text of some pieces that follow each other, `last` included."""
        return self.text[self.starts[first] : self.ends[last]]


def cuts_of(question: str) -> Iterator[CutQuestion]:
    """Yield ways to cut a question that may compare names, the likeliest first, if any."""
    text = _MARKS.sub("", question)
    stages = unwrapped(text)
    for stage in stages:
        lower = plain(stage)
        for head, apart in _HEADS:
            if found := head.match(lower):
                yield from _cut(
                    stage[found.end() :], apart, has_comparing_words=True, may_end_early=True
                )
                return
    if _IS_AGAINST.search(plain(text)):
        yield from _cut(
            text, _APART, has_comparing_words=True, may_begin_late=True, may_end_early=True
        )
        return
    inner = stages[-1]
    claim = _IS.match(plain(inner))
    inner = inner[claim.end() :] if claim else inner
    if _IS_ALIKE.search(plain(inner)):
        yield from _cut(inner, _APART, has_comparing_words=True)
        return
    for way in (_COPULA, _CLAIM, _CLAIM_OF, _APART, _BLANK) if claim else (_COPULA, _APART):
        yield from _cut(inner, way)


_HEADS = (
    (_BETWEEN, _APART),
    (_VERB, _APART_AFTER_VERB),
    (_HOW, _APART_AFTER_VERB),
    (_CHOICE, _APART),
)


def _cut(
    text: str,
    apart: re.Pattern[str],
    *,
    has_comparing_words: bool = False,
    may_begin_late: bool = False,
    may_end_early: bool = False,
) -> Iterator[CutQuestion]:
    """Cut a text between names, unless that leaves one piece, or too many."""
    while tail := _TAIL.search(plain(text)):
        text, has_comparing_words = text[: tail.start()], True
    gaps = [gap.span() for gap in apart.finditer(plain(text))]
    if 0 < len(gaps) < MAX_PIECES:
        starts = (0, *(end for _, end in gaps))
        ends = (*(start for start, _ in gaps), len(text))
        yield CutQuestion(text, starts, ends, has_comparing_words, may_begin_late, may_end_early)
