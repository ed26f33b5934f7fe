"""The words of asking around a name are taken off, in seven languages.

Other questions are left alone.
"""

from __future__ import annotations

import pytest

from semsearch.text.question_wording import subject_of, subjects_of, without_article
from tests.cpu_time import cpu_time_at_most

WRAPPED = """
explain {} to me | explain {} like I'm five | Explain {} like I'm 5, please | explain {} as if I were a child
{} meaning | meaning of {} | the meaning of the term {} | what does {} mean? | what do {} mean | what does {} stand for?
define {} please | please define "{}" | tell me about {} | can you tell me what {} means? | could you please explain what {} is
What's {} | whats a {} | what is a {}? | What is the {}? | what exactly is a {}? | what is {} exactly? | so what is {} again?
what is meant by {}? | I don't understand what {} is | i want to know what {} is | do you know what {} is?
how does {} work? | what is {} used for? | {} explained | {} explained simply | {} definition | definition: {} | {} - definition
what is {} in simple terms? | in plain English, what is {}? | explain the concept of {} in simple words | eli5 {} | {} eli5
give me a short definition of {} | {}, what is it? | what is {} all about? | the word {} | hey, what's {}? | who is {}?
Was ist {}? | Was ist ein {}? | was sind {} | Was bedeutet {}? | Was bedeutet der Begriff {}? | Was hei\xdft {}? | Was versteht man unter {}?
Erkl\xe4re mir bitte {} | Kannst du mir {} erkl\xe4ren? | Bedeutung von {} | {} Bedeutung | {} einfach erkl\xe4rt | Wie funktioniert {}? | Was macht ein {}? | Wof\xfcr steht {}? | Definition von {}
Qu'est-ce que {} ? | Qu\u2019est-ce qu\u2019un {} ? | C'est quoi {} ? | c'est quoi un {} | Que signifie {} ? | Que veut dire {} ? | d\xe9finition de {}
Explique-moi {} | Comment fonctionne {} ? | Expliquez {} s'il vous plait | signification du mot {} | {}, c'est quoi ? | Quelle est la d\xe9finition de {} ? | \xab {} \xbb d\xe9finition
\xbfQu\xe9 es {}? | \xbfQu\xe9 es un {}? | que es {} | \xbfQu\xe9 significa {}? | definici\xf3n de {} | significado de {} | Expl\xedcame {} | \xbfC\xf3mo funciona {}? | \xbfCu\xe1l es el significado de {}?
O que \xe9 {}? | O que \xe9 um {}? | o que significa {} | Qual \xe9 o significado de {}? | Defini\xe7\xe3o de {} | Explique o {} | voc\xea pode me explicar {}?
Cos'\xe8 {}? | Che cos'\xe8 un {}? | Cosa significa {}? | che cosa vuol dire {} | Definizione di {} | Spiegami {} | Come funziona {}? | Qual \xe8 il significato di {}?
Wat is {}? | Wat is een {}? | Wat betekent {}? | Leg {} uit | Hoe werkt {}? | Leg me {} eens uit | Betekenis van {} | Kun je {} uitleggen? | Waar staat {} voor? | Wat houdt {} in?
Was genau ist {}? | Was ist mit {} gemeint? | Was ist unter einem {} zu verstehen? | \xc0 quoi sert {} ? | Qu'appelle-t-on {} ? | En quoi consiste {} ?
\xbfA qu\xe9 se refiere {}? | \xbfEn qu\xe9 consiste {}? | \xbfPara qu\xe9 sirve el {}? | Para que serve o {}? | A que se refere {}? | A cosa serve {}? | In che cosa consiste {}? | Wat verstaat men onder {}?
"""
QUESTIONS = [one.strip() for line in WRAPPED.strip().splitlines() for one in line.split("|")]


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("name", ["dropout", "Long Short-Term Memory", "C++", "k-NN"])
def test_the_words_of_asking_are_taken_off(question: str, name: str) -> None:
    """Any name alone is left."""
    assert subject_of(question.format(name)).rstrip(" -") == name


@pytest.mark.parametrize(
    ("question", "subjects"),
    [
        ("define", ("define",)),
        ("meaning", ("meaning",)),
        ("definition of done", ("definition of done", "done")),
        ("concept drift", ("concept drift", "drift")),
        ("the LSTM", ("the LSTM", "LSTM")),
        ("how do I bake bread", ("how do I bake bread",)),
        ("what is it", ("what is it",)),
        ("what is IT?", ("what is IT?", "IT")),
        ("what is ...?", ("what is ...?", "...")),
        ("what is ::", ("what is ::", "::")),
        ("?", ("?",)),
        ("...", ("...",)),
    ],
)
def test_every_step_is_a_candidate_and_nothing_is_not(
    question: str, subjects: tuple[str, ...]
) -> None:
    """A term may look like words of asking itself; stop words and nothing at all are no names."""
    assert subjects_of(question) == subjects


def test_an_article_is_taken_off_what_follows_it() -> None:
    """Articles of all languages are removed, but never a lone article."""
    texts = [
        "an LSTM",
        "the Node",
        "Das Netz",
        "l'arbre",
        "un \xe1rbol",
        "het net",
        "gli alberi",
        "a",
        "Anode",
    ]
    assert [without_article(text) for text in texts] == [
        "LSTM", "Node", "Netz", "arbre", "\xe1rbol", "net", "alberi", "a", "Anode",
    ]  # fmt: skip


def test_a_long_question_is_read_fast() -> None:
    """The patterns look at each end, and never try everything."""
    questions = [f"what is {'is a ' * 200}{number}" for number in range(20)]
    with cpu_time_at_most(1):
        for question in questions:
            subjects_of(question)
