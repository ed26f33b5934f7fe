"""LaTeX: signs and references."""

from __future__ import annotations

from pathlib import Path

import pytest

from semsearch.importers import read_corpus
from semsearch.importers.records import Record
from semsearch.importers.records_to_entries import MAX_DEFINITION
from tests.cpu_time import cpu_time_at_most
from tests.importers.support import read


def test_signs_of_latex_are_shown(tmp_path: Path) -> None:
    """Commands without an argument stand for a sign, with braces behind them or without."""
    file = tmp_path / "a.tex"
    file.write_text(
        r"\newglossaryentry{a}{name={a}, description={x \textless{} y\textgreater z,"
        r" \textasciitilde{}b C:\textbackslash{}D, $a\textless b$, wei\ss{} \ldots{} end}}"
    )
    [entry] = read_corpus([file]).entries
    assert entry.definition == r"x < y>z, ~b C:\D, $a\textless b$, weiß … end"


@pytest.mark.parametrize("size", [40_000, 190])
def test_references_do_not_multiply_a_text(tmp_path: Path, size: int) -> None:
    """No name that no entry may have is shown, and no more names than fit into a definition."""
    references = r"\gls{a}" * 9000
    (tmp_path / "a.tex").write_text(
        rf"\newglossaryentry{{a}}{{name={{{'x' * size}}}, description={{A text.}}}}"
        rf"\newglossaryentry{{b}}{{name=b, description={{{references}}}}}"
    )
    with cpu_time_at_most(2):
        _, record = read(tmp_path / "a.tex")
    assert isinstance(record, Record)
    assert 9000 <= len(record.definition) <= MAX_DEFINITION + 9000


def test_the_structure_of_a_description_is_kept(tmp_path: Path) -> None:
    """Emphasis, code, links, lists and formulas; its plain text is what it was."""
    (
        tmp_path / "a.tex"
    ).write_text(r"""\newglossaryentry{cnn}{name={CNN}, description={A \textbf{net} of
\emph{filters}, see \gls{nn}:
\begin{itemize}
\item weights $w_{ij}$
\item \texttt{pool()}
\end{itemize}
It has \verb|x_1|, \(y^2\) and \href{https://x.example/a_b%20~c}{a page}.
\begin{enumerate}\item one \item two\end{enumerate}
\[ x = 1 \]}}
\newglossaryentry{nn}{name={neural net}, description={A net; \url{https://x.example/}.}}
""")
    cnn, net = read_corpus([tmp_path / "a.tex"]).entries
    assert cnn.definition == (
        "A net of filters, see neural net:\n- weights $w_{ij}$\n- pool()\n\n"
        "It has x_1, $y^2$ and a page.\n1. one\n2. two\n\n$$x = 1$$"
    )
    assert cnn.details.markdown == (
        "A **net** of *filters*, see [neural net](#nn):\n\n- weights $w_{ij}$\n- `pool()`\n\n"
        "It has `x_1`, $y^2$ and [a page](https://x.example/a_b%20~c).\n\n1. one\n2. two\n\n$$x = 1$$"
    )
    assert net.details.markdown == "A net; [https://x.example/](https://x.example/)."


def test_an_entry_whose_braces_do_not_close_is_refused(tmp_path: Path) -> None:
    """It is named, and the others are read."""
    path = tmp_path / "a.tex"
    path.write_text("\\newglossaryentry{x}{name={x}, description={y\n\\newacronym{a}{AB}{a b}\n")
    corpus = read_corpus([path])
    assert [entry.term for entry in corpus.entries] == ["AB"]
    assert [str(one) for one in corpus.refusals] == [
        f"{path}:1: '\\\\newglossaryentry{{x}}{{name={{x}}, descri': a brace is not closed, or an argument is missing"
    ]


def test_references_in_formulas_are_names(tmp_path: Path) -> None:
    """A formula holds no link; what is verbatim stays as written, and both may be in a link."""
    (tmp_path / "a.tex").write_text(
        r"\newglossaryentry{eta}{name={$\eta$}, description={A rate.}}"
        r"\newglossaryentry{step}{name={step}, description={Steps of size $\gls{eta}$, or \(2\gls{eta}\);"
        r" see \gls{eta}, \glslink{eta}{rate $r$}, \verb|\gls{eta}| and $a \verb|x|$.}}"
    )
    _, step = read_corpus([tmp_path / "a.tex"]).entries
    assert step.definition == (
        r"Steps of size $\eta$, or $2\eta$; see $\eta$, rate $r$, \gls{eta} and $a x$."
    )
    assert step.details.markdown == (
        r"Steps of size $\eta$, or $2\eta$; see $\eta$, [rate](#eta) $r$, `\gls{eta}` and "
        "$a x$."
    )


def test_formulas_may_have_commands_and_line_breaks(tmp_path: Path) -> None:
    r"""A line break with a length begins none, and one that never ends leaves the next whole."""
    source = r"Rows \[ a \\[2pt] \frac{b}{c} \], then \(x_1\) and \( lost, \(y\)."
    file = tmp_path / "a.tex"
    file.write_text(r"\newglossaryentry{a}{name=ship,description={" + source + "}}")
    [entry] = read_corpus([file]).entries
    assert r"$$a \\[2pt] \frac{b}{c}$$, then $x_1$" in entry.definition
    assert "$y$" in entry.definition


def test_packages_of_acronyms_are_read(tmp_path: Path) -> None:
    r"""`acronym` has \acro and \acrodef, `acro` has \DeclareAcronym; other signs are none."""
    file = tmp_path / "a.tex"
    file.write_text(
        r"""\begin{acronym}
\acro{MRR}{monthly recurring revenue}
\acro{arr}[ARR]{annual recurring revenue}
\end{acronym}
\acrodef{api}[API]{application programming interface}
\DeclareAcronym{nasa}{short=NASA, long = National Aeronautics and Space Administration, tag=x}
He wrote \acro{XML} and \acronym.
"""
    )
    corpus = read_corpus([file])
    assert [(entry.term, entry.definition) for entry in corpus.entries] == [
        ("MRR", "monthly recurring revenue"),
        ("ARR", "annual recurring revenue"),
        ("API", "application programming interface"),
        ("NASA", "National Aeronautics and Space Administration"),
    ]
    assert not corpus.refusals
