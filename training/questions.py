"""Turns definitions into questions: a question, a remark, or a few words.

Definitions of dictionaries begin with the kind of a thing ("a person who bakes"). A question may
ask for the kind ("which person bakes?"), hide it ("someone who bakes"), or have only the content
words.
"""

from __future__ import annotations

import re
from random import Random

from semsearch.text.english_stop_words import content_words

MAX_WORDS = 60
_MAX_BODY_WORDS = 50
"""Most words of the definition in a question; the wording around it has the rest."""
_SUBJECT = (
    *("what do you call {}?", "what is the word for {}?", "what's the name for {}?"),
    *("{}, what do you call that?", "{} - what's that called?", "what's the term for {}"),
    *("what is {} called?", "is there a word for {}?", "{}, what is it?", "which term means {}?"),
    *("i'm looking for the word for {}", "name of {}", "the word meaning {}", "term for {}"),
)
_VERB = (
    *("what does it mean to {}?", "what is it called when you {}?", "to {}", "verb: to {}"),
    *("what's the word for when you {}", "when you {}, what do you do?", "how do you say to {}?"),
)
_QUALITY = (
    *("what do you call something that is {}?", "a word for being {}", "describes what is {}"),
    *("how do you call something {}?", "adjective for {}", "being {}, in one word"),
)
_MANNER = ("what is the word for doing something {}?", "done {}", "doing it {}", "how: {}")
_KIND = re.compile(
    r"^(?P<article>an?|any|the|one)\s+(?P<kind>(?:[\w-]+\s+){0,2}?[\w-]+)\s+(?P<that>that|which|who)\s+"
    r"(?P<does>(?:is|are|was|has|can|\w+s)\b.+)$"
)
_TOOL = re.compile(
    r"^(?:an?|the)\s+(?:[\w-]+\s+){0,2}?(?P<kind>[\w-]+)\s+(?:used|designed)\s+(?P<how>to|for|in)\s+(?P<do>.+)$"
)
_ACT = re.compile(
    r"^(?:the )?(?:act|action|process|practice|art|method)(?: or \w+)? of (?P<do>\w+ing\b.+)$"
)
_LABEL = re.compile(r"^\((?P<label>[^()]+)\)\s+")
_PEOPLE = frozenset({"person", "one", "someone", "man", "woman", "worker", "member", "individual"})
_IT_IS = re.compile(
    r"^(?:(?:an?|the)\s+)?it\s+(?:is|are|was|were)\s+(?=an?\b|the\b|any\b|one\b)", re.IGNORECASE
)
_IT_DOES = re.compile(
    r"^(?:(?:an?|the)\s+)?it\s+(?=(?:is|are|can|has|have|allows?|provides?|\w+s)\b)", re.IGNORECASE
)

_VERBS = """
    add allow apply calculate check compute configure convert copy count create define delete describe determine
    disable display draw enable encode estimate evaluate execute extract filter find fit format generate get
    implement indicate initialize insert list load make map merge modify move normalize open parse perform
    plot print process produce provide read register remove render represent retrieve return run save select
    send set show simulate solve sort specify split start stop store test transform update validate verify write
""".split()  # noqa: SIM905 - a line for each word would bury the code
_DOES = {form: verb for verb in _VERBS for form in (verb, verb + "s")}
"""First words of documentation: "Returns the ...", "Create a ..."."""


_THING = re.compile(
    r"(?:an?|the|any|one)(?: (?!(?:that|which|who|it|is|are|was|were|can|will|must|has|have|may|should)\b)[\w'-]+)+"
    r"(?:,| \(| that\b| which\b| who\b|$)"
)
"""A sentence without a verb of its own: "a culture of yeast that raises dough"."""


def plain(definition: str, random: Random) -> str:
    """Return a definition in plain prose.

    No final stop, mostly small letters, label in words.
    """
    text = definition.strip().rstrip(".;:, ")
    if label := _LABEL.match(text):
        rest = text[label.end() :]
        text = f"in {label['label'].lower()}, {rest}" if random.random() < 0.5 else rest
    if text[:2].istitle() or text[:2] in {"A ", "I "}:
        text = text[:1].lower() + text[1:]
    if random.random() < 0.3:
        text = re.sub(r"\s*\([^()]*\)", "", text)
    if ";" in text and random.random() < 0.5:
        text = text.split(";")[0].strip()
    return _cut(text)


def question(definition: str, part: str, random: Random) -> str:
    """Return a definition as a question or a search of a few words.

    Args:
        definition: without the names of what it defines.
        part: the part of speech of that, as in `Sense`; a text without one is asked for as a thing.
        random: chooses among the forms that fit.
    """
    text = plain(definition, random)
    if random.random() < 0.15:
        words = content_words(text)
        if len(words) >= 4:
            return " ".join(words[:14])
    if part in {"", "n"} and random.random() < 0.5:
        for forms in (_act, _tool, _kind):
            if asked := forms(text, random):
                return _cut(asked)
    if part == "v":
        text = text.removeprefix("to ")
    shells = {"v": _VERB, "a": _QUALITY, "r": _MANNER}.get(part, _SUBJECT)
    return random.choice(shells).format(text)


def sentence(text: str, random: Random) -> str:
    """Return a sentence about a term, called "it", as a statement or question about something."""
    if match := _IT_IS.match(text):
        return question(text[match.end() :], "n", random)
    if match := _IT_DOES.match(text):
        does = text[match.end() :].rstrip(". ")
        many = does.split()[0] in {"are", "have"}
        one = ("what {}?", "something that {}", "which thing {}?", "the thing that {}", "it {}")
        return _cut(random.choice(("things that {}", "which {}?") if many else one).format(does))
    asked = plain(text, random)
    first, _, rest = asked.partition(" ")
    if verb := _DOES.get(first):
        return _cut(_done(verb, rest, random))
    return question(asked, "", random) if _THING.match(asked) and random.random() < 0.6 else asked


def _done(verb: str, rest: str, random: Random) -> str:
    if verb == "return":
        return question(rest, "n", random)
    forms = ("how do i {0} {1}?", "how to {0} {1}", "{0} {1}", "what {0}s {1}?", "a way to {0} {1}")
    return random.choice((*forms, "something that {0}s {1}")).format(verb, rest)


def _kind(text: str, random: Random) -> str:
    match = _KIND.match(text)
    if not match:
        return ""
    kind, does = match["kind"], match["does"]
    who = "who" if match["that"] == "who" or kind.split()[-1] in _PEOPLE else "what"
    some = "someone who" if who == "who" else "something that"
    forms = (f"{who} {does}?", f"which {kind} {does}?", f"{some} {does}", f"the {kind} that {does}")
    return random.choice(forms)


def _tool(text: str, random: Random) -> str:
    match = _TOOL.match(text)
    if not match:
        return ""
    how, do = match["how"], match["do"]
    forms = [f"what is used {how} {do}?", f"which {match['kind']} is used {how} {do}?"]
    if how == "to":
        forms += [f"how do you {do}?", f"what do you need to {do}?"]
    return random.choice(forms)


def _act(text: str, random: Random) -> str:
    match = _ACT.match(text)
    if not match:
        return ""
    do = match["do"]
    return random.choice((do, f"what is {do} called?", f"what do you call {do}?", f"word for {do}"))


def _cut(text: str) -> str:
    words = text.split()
    return text if len(words) <= _MAX_BODY_WORDS else " ".join(words[:_MAX_BODY_WORDS])
