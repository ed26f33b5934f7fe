"""Terms of Markdown that have no mark of their own, in paragraphs and in lists.

Covers `importers/markdown/plain_lists`, `importers/markdown/outline`,
`importers/markdown/site_lines`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from semsearch.importers import read_corpus
from tests.cpu_time import cpu_time_at_most
from tests.importers.support import read_text, terms

WORDS = {
    "Anchor bolt": "A bolt that holds a frame to its base.",
    "Batten": "A thin strip of wood.",
    "Cleat": "A piece that stops another from sliding.",
    "Dowel": "A round peg without a head.",
    "Easing": "A curve that joins two straight parts.",
    "Ferrule": "A ring that keeps a handle from splitting.",
    "Gusset": "A plate that stiffens a corner.",
    "Haunch": "The short part of a stepped tenon.",
}
BELOW_LETTERS = "".join(f"## {name[0]}\n\n{name} - {text}\n\n" for name, text in WORDS.items())


def found(folder: Path, name: str, text: str) -> dict[str, str]:
    """Return the definitions that a file is read as, by term."""
    return {term: words for _, term, words in terms(read_text(folder, name, text))}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.md", f"# Joinery glossary\n\n{BELOW_LETTERS}"),
        ("joinery-glossary.md", BELOW_LETTERS),
        ("joinery.md", BELOW_LETTERS),
        ("a.md", "\n\n".join(f"{name}: {text}" for name, text in WORDS.items())),
        ("glossary.md", "\n".join(f"{name} \u2014 {text}" for name, text in WORDS.items())),
        ("glossary.md", "\n\n".join(f"{name} -\xa0{text}" for name, text in WORDS.items())),
    ],
    ids=["title", "name", "letters", "nothing else", "lines", "other blanks"],
)
def test_paragraphs_begin_with_a_term_and_a_sign(tmp_path: Path, name: str, text: str) -> None:
    """In a file that is called a glossary, or has little else."""
    assert found(tmp_path, name, text) == WORDS


@pytest.mark.parametrize("mark", ["- ", "* ", ""], ids=["list", "stars", "paragraphs"])
def test_terms_stand_below_headings_of_topics(tmp_path: Path, mark: str) -> None:
    """If there are several below each; inner items and other paragraphs are definitions."""
    entries = [f"{mark}{name}: {text}\n" for name, text in WORDS.items()]
    entries[3] += "\n    - as in a chair\n    - in a table: two\n" if mark else "\nIt is glued.\n"
    topics = (
        "\n".join(entries[:4]),
        "\n".join(entries[4:]),
        "- A. Writer: A book on joints.\n- B. Writer: Another one.\n",
    )
    text = "# Terms of joinery\n\n## Parts\n\n{}\n## Shapes\n\n{}\n## References\n\n{}"
    inner = "- as in a chair\n- in a table: two" if mark else "It is glued."
    expected = WORDS | {"Dowel": f"{WORDS['Dowel']}\n\n{inner}"}
    assert found(tmp_path, "a.md", text.format(*topics)) == expected


def test_words_that_are_labels_elsewhere_are_terms_in_a_list(tmp_path: Path) -> None:
    """An item without text has an inner list as its definition."""
    items = [f"- {name}: {text}" for name, text in WORDS.items()]
    items[4:4] = [
        "- Example: A joint that shows how others are made.",
        "- Edges:\n  - round\n  - flat",
    ]
    text = "# Glossary\n\n| Acronym | Meaning |\n|--|--|\n| OC | On center |\n\n## Terms\n\n"
    read = found(tmp_path, "a.md", text + "\n".join(items))
    assert read["Example"] == "A joint that shows how others are made."
    assert read["Edges"] == "- round\n- flat"
    assert read["OC"] == "On center"
    assert read.keys() == {*WORDS, "Example", "Edges", "OC"}


def test_plain_terms_among_bold_ones_stand_in_their_order(tmp_path: Path) -> None:
    """Others are sentences with a colon."""
    lines = [f"**{name}:** {text}" for name, text in WORDS.items()]
    lines[3] = "Dowel: A round peg without a head.\n\nMany kinds exist: short ones, long ones."
    expected = WORDS | {"Dowel": f"{WORDS['Dowel']}\n\nMany kinds exist: short ones, long ones."}
    assert found(tmp_path, "a.md", "# Glossary\n\n" + "\n\n".join(lines)) == expected


@pytest.mark.parametrize("mark", ["* ", ""], ids=["list", "paragraphs"])
def test_terms_in_bold_need_no_sign(tmp_path: Path, mark: str) -> None:
    """A sentence about the term stays whole; an article stands before the bold."""
    text = (
        f"# Carpentry terminology\n\n{mark}**Kerf** is the slot that a saw leaves.\n\n"
        f"{mark}A **rabbet, or rebate,** is a step cut into an edge.\n\n"
        f"{mark}**Scarf** a joint of two ends.\n\n{mark}**Tenon**: fits a mortise.\n\n"
    )
    assert found(tmp_path, "a.md", text) == {
        "Kerf": "Kerf is the slot that a saw leaves.",
        "rabbet, or rebate": "A rabbet, or rebate, is a step cut into an edge.",
        "Scarf": "a joint of two ends.",
        "Tenon": "fits a mortise.",
    }


@pytest.mark.parametrize("mark", ["**", "__", "*"])
def test_lines_in_bold_stand_above_texts_with_lists(tmp_path: Path, mark: str) -> None:
    """Below a title with an underline; lines that repeat are parts of definitions."""
    entries = [
        f"{mark}{name}{mark}\n\n{text}\n\n**Use**\n\nRare.\n" for name, text in WORDS.items()
    ]
    entries[2] = entries[2].replace("\n\n**", "\n\n- of wood\n- of metal\n\n**")
    text = "Joinery: Glossary\n=================\n\nAll words.\n\n" + "\n".join(entries)
    read = found(tmp_path, "a.md", text)
    assert read.keys() == WORDS.keys()
    assert read["Cleat"] == f"{WORDS['Cleat']}\n\n- of wood\n- of metal\n\nUse\n\nRare."


@pytest.mark.parametrize("end", ["  ", "\\"], ids=["blanks", "backslash"])
@pytest.mark.parametrize("title", ["# Joinery", "# Glossary\n\nAll our words."])
def test_terms_end_with_a_hard_break(tmp_path: Path, title: str, end: str) -> None:
    """The definition is the next line; letters between them are none."""
    entries = [f"{name[0]}\n\n{name}{end}\n{text}\n" for name, text in WORDS.items()]
    assert found(tmp_path, "a.md", f"{title}\n\n" + "\n".join(entries)) == WORDS


def test_what_stands_around_a_page_is_no_text_of_a_term(tmp_path: Path) -> None:
    """Share links, links to the top, attributes, includes and alphabets."""
    around = (
        "<span>Share</span>\n- [Facebook](#)\n- [<i></i> Twitter](https://t.example/)\n\n"
        "[Back to top](#top)\n\n{: .note }\n{% include end.html %}\n\n[A](#a) | [B](#b) | [C](#c)\n"
    )
    entries = [f"**{name}**\n\n{text}\n\n{around}" for name, text in WORDS.items()]
    entries[0] += "\n```\n{% include code.html %}\n```\n"
    read = found(tmp_path, "a.md", "# Glossary\n\n" + "\n".join(entries))
    expected = f"{WORDS['Anchor bolt']}\n\n{{% include code.html %}}"
    assert read == WORDS | {"Anchor bolt": expected}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.md", "\n\n".join(f"The shop - which is {n} years old - sells bread." for n in range(20))),
        ("README.md", "# Tool\n\n## Features\n\n" + "".join(f"- {n}: {t}\n" for n, t in WORDS.items())),
        ("log.md", "# Log\n\n## 1.2\n\n" + "".join(f"- {n}: {t}\n" for n, t in WORDS.items())),
        ("a.md", "# Week\n\n" + "\n\n".join(f"**Always** do number {n} first." for n in range(20))),
        ("a.md", "# Talk\n\n" + "\n\n".join(f"{'AB'[n % 2]}nna: I say {n} more words." for n in range(20))),
        ("a.md", "# Song\n\n" + "\n\n".join(f"O day {n}  \nO night  \nO light" for n in range(20))),
        ("a.md", "# Links\n\n" + "".join(f"- [Tool {n}](t{n}.md): does many things\n" for n in range(9)) + "\nEnd."),
        ("glossary-of-ids.md", "# Ids\n\n**Question.** Which?\n\n**Choice.** One.\n\n**Reason.** Short.\n"),
    ],
    ids=["prose", "readme", "log", "notes", "talk", "song", "links", "decision"],
)  # fmt: skip
def test_other_texts_have_no_terms_in_paragraphs(tmp_path: Path, name: str, text: str) -> None:
    """They are read by their headings, if they have any."""
    (tmp_path / name).write_text(text)
    lines = {line.split(" ", 1)[1] for line in text.split("\n") if line.startswith("#")}
    read = {term for _, term, _ in terms(read_text(tmp_path, name, text))}
    assert read <= lines


def test_headings_of_a_glossary_keep_their_paragraphs(tmp_path: Path) -> None:
    """A heading above a single line with a colon names the term."""
    text = "# Glossary\n\n" + "".join(f"## {n}\n\nJoinery: {t}\n\n" for n, t in WORDS.items())
    assert found(tmp_path, "a.md", text) == {n: f"Joinery: {t}" for n, t in WORDS.items()}


def test_marks_of_what_is_no_term_leave_no_trace(tmp_path: Path) -> None:
    """Paragraphs that begin with labels belong to the headings above them."""
    parts = [f"{label} - say it in {n} words." for n, label in enumerate(("Hint", "Tip", "Usage"))]
    text = "## Mortise\n\n{0}\n\n## Tenon\n\n{0}".format("\n\n".join(parts))
    text = text.replace("Usage", "Pros").replace("Hint", "Cons", 1).replace("Tip", "Warning", 1)
    read = found(tmp_path, "glossary.md", text)
    assert read.keys() == {"Mortise", "Tenon"}
    assert read["Tenon"].startswith("Hint - say it in 0 words.")


def test_code_tables_and_quotations_hold_no_terms(tmp_path: Path) -> None:
    """Nor do comments."""
    rest = "```\nOne: of code.\n\nTwo: of code.\n```\n\n> Three: of a quotation.\n\n<!--\n\nFour: none.\n\n-->\n"
    text = "# Glossary\n\n" + "\n\n".join(f"{n}: {t}" for n, t in WORDS.items())
    assert found(tmp_path, "a.md", f"{text}\n\n{rest}").keys() == WORDS.keys()


def test_text_before_the_first_term_is_noted(tmp_path: Path) -> None:
    """Nothing is left out without a word."""
    lines = [f"**{name}:** {text}" for name, text in WORDS.items()]
    (tmp_path / "a.md").write_text("# Glossary\n\nAll our words.\n\n" + "\n\n".join(lines))
    notes = read_corpus([tmp_path / "a.md"]).notes
    assert [note.text for note in notes] == [
        "text that belongs to no term is not read: 'All our words.'"
    ]


@pytest.mark.process
@pytest.mark.parametrize(
    "text",
    [
        "A" + " " * 200_000 + "b\n",
        "x" + "  " * 100_000 + "\\b\n",
        "](" * 100_000 + "\n",
        "**a" * 60_000 + "\n",
        "- a: b\n" * 60_000,
        "**a**\n\nb\n\n" * 30_000,
        "# a\n\nb - c\n\n" * 20_000,
        "{: " * 60_000,
        "[a](#a)|" * 20_000 + "!",
        "<dl><dt>" * 20_000,
    ],
)  # fmt: skip
def test_hostile_lines_take_linear_time(tmp_path: Path, text: str) -> None:
    """Long blanks, and many lines that may be terms."""
    (tmp_path / "glossary.md").write_text(text)
    with cpu_time_at_most(3):
        read_text(tmp_path, "glossary.md", text)
