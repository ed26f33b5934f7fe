"""Texts that others wrote become glossaries and questions by the rules that are stated."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.quality.foreign import disease_entries, disease_questions, learning_questions
from benchmarks.quality.medquad import Described, Disease, read_diseases, share_a_run
from benchmarks.quality.theory import Explained, read_theory
from semsearch.core.errors import ImportFailed
from tests.conftest import entry

DOCUMENT = """<?xml version="1.0" encoding="UTF-8"?>
<Document id="1">
<Focus>{name}</Focus>
<FocusAnnotations><Synonyms>{synonyms}</Synonyms></FocusAnnotations>
<QAPairs>
<QAPair pid="1"><Question qtype="{kind}">What is {name} ?</Question><Answer>{answer}</Answer></QAPair>
</QAPairs>
</Document>
"""
SAGGING = "A loaf with baker's sag has lost its height in the oven. It is flat. It is dense. Cut it in half. Eat it all."
FLAT = (
    "In baker's sag, bread falls in the heat and stays low. It comes of slack dough. Nothing helps."
)


def website(
    folder: Path,
    name: str,
    *documents: tuple[str, str],
    kind: str = "information",
    synonyms: str = "",
) -> None:
    """Write the folder of a website with a file for each disease and its answer."""
    (folder / name).mkdir()
    for number, (disease, answer) in enumerate(documents):
        text = DOCUMENT.format(name=disease, kind=kind, answer=answer, synonyms=synonyms)
        (folder / name / f"{number}.xml").write_text(text, encoding="utf-8")


def test_a_disease_of_two_websites_defines_and_asks(tmp_path: Path) -> None:
    """The first folder defines with its synonyms, the other asks, and no name of it is left."""
    website(tmp_path, "1_A_QA", ("Baker's Sag", SAGGING), synonyms="<Synonym>Flat loaf</Synonym>")
    website(tmp_path, "2_B_QA", ("Bakers sag", "No."), kind="treatment")
    website(tmp_path, "3_C_QA", ("Baker's sag", FLAT), ("Rust", "It is only here."))
    diseases = read_diseases(tmp_path)
    (found,) = disease_entries(diseases)
    assert (found.term, found.aliases) == ("Baker's Sag", ("Flat loaf",))
    assert found.definition == SAGGING.removesuffix(" Eat it all.")
    (question,) = disease_questions(diseases)
    assert (
        question.query == "In it, bread falls in the heat and stays low. It comes of slack dough."
    )
    assert question.right == (found.id,)


def test_a_text_that_was_copied_asks_for_nothing(tmp_path: Path) -> None:
    """Eight words in a row, whatever their case and marks, are a copy; seven are not."""
    website(tmp_path, "1_A_QA", ("Sag", SAGGING))
    website(tmp_path, "2_B_QA", ("Sag", f"People say: {SAGGING.upper()}"))
    assert read_diseases(tmp_path) == []
    assert share_a_run("a b c d e f g h", "x a B c, d e f g h y")
    assert not share_a_run("a b c d e f g h", "a b c d e f g x")


def test_what_is_no_medquad_is_refused(tmp_path: Path) -> None:
    """The error names the folder or the file, and the reason."""
    with pytest.raises(ImportFailed, match="has no folders of websites"):
        read_diseases(tmp_path)
    website(tmp_path, "1_A_QA", ("Sag", SAGGING))
    website(tmp_path, "2_B_QA")
    (tmp_path / "2_B_QA" / "1.xml").write_text("<Document>", encoding="utf-8")
    with pytest.raises(ImportFailed, match=r"1\.xml: cannot be read"):
        read_diseases(tmp_path)


def test_a_question_without_words_is_not_asked() -> None:
    """Five words have to be left beside the names."""
    described = [
        Disease(*(Described("Sag", (), text) for text in (SAGGING, asked)))
        for asked in ("Sag is sag.", FLAT)
    ]
    assert len(disease_questions(described)) == 1


THEORY = """# Theory

**What is proofing? When does it end? \N{BABY}**

The **last rise** of a shaped dough before it is baked.

It takes hours.

<br/>

**How do we bake? \N{WHITE MEDIUM STAR}**

Hot.

**What\u2019s the leaven \N{EM DASH} sourdough starter?**

```
flour = water
```

![a jar](jar.png)
A piece of *fermented* dough that raises bread.
"""


def test_terms_that_an_interview_asks_for(tmp_path: Path) -> None:
    """Those of "What is X?", without what explains them.

    Of the answer the first paragraph of text.
    """
    file = tmp_path / "theory.md"
    file.write_text(THEORY, encoding="utf-8")
    assert read_theory(file) == [
        Explained("proofing", "The last rise of a shaped dough before it is baked."),
        Explained("leaven", "A piece of fermented dough that raises bread."),
    ]
    file.write_text("**Why?**\n\nSo.\n", encoding="utf-8")
    with pytest.raises(ImportFailed, match="has no question such as"):
        read_theory(file)


def test_an_answer_asks_for_the_entry_of_its_term() -> None:
    """Under any name of it, hidden in the question; a term that nobody has is not asked for."""
    leaven = entry("Leaven", "x", aliases=("sourdough starter",))
    explained = [
        Explained("sourdough starters", "Some call sourdough starters the soul of a good bread."),
        Explained("crumb", "The soft inside of a loaf of bread."),
        Explained("leaven", "The leaven."),
    ]
    (question,) = learning_questions(explained, [leaven])
    assert question.query == "Some call it the soul of a good bread."
    assert question.right == (leaven.id,)
