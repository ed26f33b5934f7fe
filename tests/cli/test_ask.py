"""What `semsearch ask` prints: how sure it is, the hits, and why.

Covers `cli/output/answer`.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import typer

from semsearch.cli import completion
from semsearch.cli.output import answer as output
from semsearch.ingest.build import build_index
from semsearch.ranking.confidence import THRESHOLD
from semsearch.ranking.weights import DEFAULT
from semsearch.search.glossary import Glossary
from semsearch.web.display import percent
from tests.cli.running import run
from tests.conftest import ENTRIES, entry

POT = "which pot keeps the steam around a loaf?"


def _shown(*arguments: str, index: Path, columns: int = 80) -> list[str]:
    done = run("ask", *arguments, "-i", str(index), env={"COLUMNS": str(columns)})
    return [line.rstrip() for line in done.stdout.decode().splitlines()]


def test_ask_shows_a_table_under_the_verdict(hashed_index: Path) -> None:
    """The term, its definition and why it matched."""
    done = run("ask", "what is leaven?", "-i", str(hashed_index), "-n", "1")
    shown = done.stdout.decode()
    assert done.returncode == 0
    assert shown.startswith("Exact name\n")
    assert "Leaven" in shown
    assert "exact name: Leaven" in shown
    assert "A piece of fermented dough that makes new dough rise." in shown


def test_ask_shows_what_is_compared(hashed_index: Path) -> None:
    """Under a verdict of its own, without a number, since names decide; the rest is only near."""
    shown = _shown("leaven vs dutch oven", index=hashed_index)
    assert shown[0] == "About these terms"
    assert [line.split()[0] for line in shown if "exact name" in line] == ["1", "2"]
    parts = _shown("percentage", "-n", "1", index=hashed_index, columns=200)
    assert any("words of a name: Baker's Percentage" in line for line in parts)


def test_a_hit_names_the_alias_or_acronym_it_was_found_by(hashed_index: Path) -> None:
    """The table shows the name that matched, so the reader sees why the term came first."""
    assert any("exact name: banneton" in line for line in _shown("banneton", index=hashed_index))
    assert any("form of a name: Leaven" in line for line in _shown("LEAVENS", index=hashed_index))


@pytest.mark.parametrize(
    ("question", "bound", "verdict", "code"),
    [
        ("a ship when it arrives without sails", "0.4", "Strong match", 0),
        ("a ship when it arrives without sails", "0.999", "No close match", 1),
        ("basket of flour and dough for a ship with masts", "0.4", "Possible match", 0),
        ("quantum physics", "0.4", "No close match", 1),
        ("quantum physics", "0", "Possible match", 0),
    ],
)
def test_min_confidence_decides_what_is_a_match(
    hashed_index: Path, glossary: Glossary, question: str, bound: str, verdict: str, code: int
) -> None:
    """The headline and the exit code obey it; hits and their order do not change."""
    found = glossary.ask(question)
    sure = "confidence " + percent(found.confidence)
    asked = ("ask", question, "-i", str(hashed_index), "--min-confidence", bound)
    done = run(*asked)
    tail = ". The nearest entries:" if code else ""
    assert done.stdout.decode().splitlines()[0] == f"{verdict} ({sure}){tail}"
    stated = json.loads(run(*asked, "--json").stdout)
    assert [hit["id"] for hit in stated["hits"]] == [hit.entry.id for hit in found.hits][:5]
    assert stated["no_close_match"] == bool(code)
    assert done.returncode == code


def test_min_confidence_holds_for_every_line_of_standard_input(hashed_index: Path) -> None:
    """A batch obeys it as one question does."""
    asked = ("ask", "-", "-i", str(hashed_index), "--min-confidence", "1")
    lines = run(*asked, stdin=b"leaven\nhull\n").stdout.splitlines()
    assert [json.loads(line)["verdict"] for line in lines] == ["no close match"] * 2


def test_help_states_the_default_threshold() -> None:
    """The number stands in the help because reading it from its module would load numpy."""
    shown = run("ask", "--help", env={"COLUMNS": "200"}).stdout.decode()
    assert f"needed for a close match (default: {THRESHOLD})." in shown


def test_no_close_match_has_its_own_exit_code(hashed_index: Path) -> None:
    """Scripts can tell an answer from the nearest entries."""
    done = run("ask", "quantum physics", "-i", str(hashed_index))
    assert done.returncode == 1
    headline = done.stdout.decode().splitlines()[0]
    assert headline.startswith("No close match (confidence ")
    assert headline.endswith(" %). The nearest entries:")


def test_why_shows_what_speaks_for_a_hit(hashed_index: Path, glossary: Glossary) -> None:
    """Sentence and words with their places, each part with its weight, and their sum."""
    (hit,) = glossary.ask(POT, k=1).hits
    shown = _shown(POT, "--why", "-n", "1", index=hashed_index)
    assert "   Matched by  meaning" in shown
    assert "   Sentence    It keeps steam around a loaf while it bakes. [24:68]" in shown
    assert "   Words       pot [8:11], keeps [27:32], steam [33:38], around [39:45], loaf" in shown
    assert hit.entry.definition[27:32] == "keeps"
    parts = hit.evidence.parts
    table = {line.strip().rsplit(maxsplit=3)[0]: line.split()[-3:] for line in shown if line}
    given = parts.words * DEFAULT.words
    assert table["Words that both use (BM25)"] == [
        f"{parts.words:.2f}",
        f"{DEFAULT.words:g}",
        f"{given:+.2f}",
    ]
    given = parts.lead * DEFAULT.lead
    assert table["Nearness of its first sentence"] == [
        f"{parts.lead:.2f}",
        f"{DEFAULT.lead:g}",
        f"{given:+.2f}",
    ]
    assert f"   Score {hit.score:.2f}. The sum decides its place." in shown


@pytest.mark.parametrize("why", [False, True])
def test_nothing_is_shown_as_minus_zero(
    glossary: Glossary, capsys: pytest.CaptureFixture[str], why: bool
) -> None:
    """A number that rounds to zero has no sign of its own."""
    found = glossary.ask(POT, k=1)
    (hit,) = found.hits
    parts = replace(hit.evidence.parts, coverage=-0.001)
    hit = replace(hit, similarity=-0.001, evidence=replace(hit.evidence, parts=parts))
    output.answer(replace(found, hits=(hit,)), as_json=False, why=why)
    shown = capsys.readouterr().out
    assert "0.00" in shown
    assert "-0.00" not in shown


@pytest.mark.parametrize("question", [POT, "banneton", "quantum physics", "levaen"])
def test_why_fits_into_80_columns(hashed_index: Path, question: str) -> None:
    """No line is longer, and every hit has its sum."""
    shown = _shown(question, "--why", index=hashed_index)
    assert max(map(len, shown)) <= 80
    assert sum(line.startswith("   Sum ") for line in shown) == 5
    assert sum(line.startswith("   Score ") for line in shown) == 5


def test_why_says_that_a_name_decides(hashed_index: Path) -> None:
    """The sum of a name is shown, but it is not what put the entry first."""
    shown = "\n".join(_shown("banneton", "--why", "-n", "1", index=hashed_index))
    assert shown.startswith("Exact name\n\n1  Proofing Basket\n")
    assert "   Matched by  exact name: banneton\n" in shown
    assert "Its name decides its place, before anything found by meaning." in shown


def test_why_shows_what_the_reranker_says(reranked_index: Path) -> None:
    """Its probability stands with the evidence, and what decides is said."""
    asked = ("board to put jars on", "-i", str(reranked_index), "-n", "1")
    (hit,) = json.loads(run("ask", *asked, "--json").stdout)["hits"]
    shown = run("ask", *asked, "--why").stdout.decode()
    assert f"   Reranker    {percent(hit['rerank_score'])}" in shown
    assert "The reranker decides its place, not the sum." in shown


def test_markup_in_a_glossary_is_shown_as_it_is(hashed_index: Path) -> None:
    """A question with brackets is no markup of the terminal either."""
    done = run("ask", "[bold]leaven[/bold] [/] flour", "-i", str(hashed_index), "--why")
    assert done.returncode in (0, 1)
    assert done.stderr == b""


def test_a_language_is_asked_for(hashed_index: Path) -> None:
    """One that nothing is defined in is bad input, told with those there are, which Tab offers."""
    done = run("ask", "crumb", "--lang", "de", "-i", str(hashed_index))
    assert done.returncode == 2
    assert b"nothing is defined or named in that language; there are en" in done.stderr
    assert run("ask", "crumb", "--lang", "en", "-i", str(hashed_index)).returncode == 0
    context = typer.Context(typer.main.get_command(typer.Typer(callback=lambda: None)))
    context.params["index"] = str(hashed_index)
    assert completion.languages(context, "E") == ["en"]
    assert completion.languages(context, "d") == []


def test_a_question_needs_no_quotes(hashed_index: Path) -> None:
    """The words of the line are the question."""
    done = run("ask", "what", "is", "a", "hull", "-i", str(hashed_index), "--json")
    assert json.loads(done.stdout)["query"] == "what is a hull"


def test_long_definitions_are_cut_between_words(tmp_path: Path) -> None:
    """The last line of a paragraph ends with a whole word, whatever fits."""
    words = [f"{'flourish' * (n % 3 + 1)}{n}" for n in range(80)]
    build_index([*ENTRIES, entry("Sponge", " ".join(words))], tmp_path, model="hashed")
    said = " ".join(_shown("sponge", "-n", "1", index=tmp_path)).split()
    assert said[said.index("...") - 1] in words


def test_long_definitions_are_cut_after_six_lines(tmp_path: Path) -> None:
    """Paragraphs stay; the best sentence is among the lines; `--full` prints all."""
    filler = "\n\n".join(f"Paragraph {number} is about flour and water." for number in range(20))
    long = entry("Sponge", f"A wet dough.\n\n{filler}\n\nZeppelins float on helium.")
    index = tmp_path / "index"
    build_index([*ENTRIES, long], index, model="hashed")
    first = _shown("sponge", "-n", "1", index=index)
    lines = [line[3:].split("  ")[0].rstrip() for line in first]
    begin = lines.index("Sponge")
    assert lines[begin + 1 : begin + 6 : 2] == [
        "A wet dough.", "Paragraph 0 is about flour and water.", "Paragraph 1 is about flour and water.",
    ]  # fmt: skip
    assert not any("Paragraph 3" in line for line in first)
    found = "\n".join(_shown("zeppelins", "helium", "float", "-n", "1", index=index))
    assert "... Zeppelins float on helium." in " ".join(found.split())
    steps = "".join(f"\n\n- step {number}" for number in range(12))
    listed = entry("Poolish", f"A starter:{steps}\n\n- zeppelins drift on helium")
    build_index([*ENTRIES, listed], index, model="hashed")
    found = "\n".join(_shown("zeppelins", "drift", "helium", "-n", "1", index=index))
    assert "zeppelins drift on helium" in " ".join(found.split())
    build_index([*ENTRIES, long], index, model="hashed")
    full = "\n".join(_shown("sponge", "-n", "1", "--full", index=index))
    assert "Paragraph 19" in full


def test_ask_says_what_a_misspelt_question_was_read_as(hashed_index: Path) -> None:
    """The table and JSON have the corrected question; otherwise JSON has null."""
    done = run("ask", "levaen", "-i", str(hashed_index), "-n", "1")
    assert done.stdout.decode().splitlines()[1] == "Read as Leaven"
    for question, repaired in (("levaen", "Leaven"), ("leaven", None)):
        done = run("ask", question, "-i", str(hashed_index), "--json")
        assert json.loads(done.stdout)["repaired"] == repaired


def test_ask_as_json_is_one_object(hashed_index: Path) -> None:
    """`ask --json` prints one object."""
    done = run("ask", "banneton", "-i", str(hashed_index), "--json", "-n", "2")
    answer = json.loads(done.stdout)
    assert [hit["rank"] for hit in answer["hits"]] == [1, 2]
    assert answer["hits"][0]["term"] == "Proofing Basket"
    assert answer["hits"][0]["matched_name"] == "banneton"


def test_questions_from_standard_input_answer_line_by_line(hashed_index: Path) -> None:
    """One line of JSON each; a line that cannot be asked says so and the rest go on."""
    done = run("ask", "-", "-i", str(hashed_index), stdin=b"leaven\n\ncaf\xe9\nhull\n")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line.get("query") for line in lines] == ["leaven", None, "hull"]
    assert lines[1] == {"line": 3, "error": "the line is not UTF-8"}
    assert done.returncode == 2
