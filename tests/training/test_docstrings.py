"""Documentation strings become terms and prose without anything being imported."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

import pytest

from training.docstrings import in_words, prose_of, read_module, read_wheel

MODULE = '''
raise RuntimeError("never run")

def feed_leaven(flour):
    """Feed a :class:`~baking.Leaven` with ``flour``.

    It grows *twice* as large.

    Parameters
    ----------
    flour : str
        What it eats.
    """

class _Hidden:
    """Nobody sees this."""

def silent(): ...
'''


def test_public_things_of_a_wheel_are_read(tmp_path: Path) -> None:
    """Results come by path; tests and other files are left out."""
    with ZipFile(tmp_path / "baking.whl", "w") as wheel:
        wheel.writestr("baking/leaven.py", MODULE)
        wheel.writestr("baking/tests/test_leaven.py", MODULE)
        wheel.writestr("baking/a_template.py", "def {{ name }}(): ...")
        wheel.writestr("baking/notes.txt", "def")
    assert [*read_wheel(tmp_path / "baking.whl")] == [
        ("feed leaven", "Feed a Leaven with flour. It grows twice as large.")
    ]


def test_a_module_that_is_no_python_has_nothing() -> None:
    """Packages hold templates that end in .py."""
    assert [*read_module("class {{ name }}:")] == []


@pytest.mark.parametrize(
    ("docstring", "prose"),
    [
        ("It raises.\n\n>>> leaven()\n", "It raises."),
        ("It raises.\n\nArgs:\n    flour: eaten.\n", "It raises."),
        ("It raises dough\n    and grows.\n\n- One.\n- Two.\n", "It raises dough and grows."),
        ("", ""),
        ("Parameters\n----------\nflour", ""),
    ],
)
def test_prose_ends_at_the_first_section(docstring: str, prose: str) -> None:
    """Examples, arguments, lists and code are no prose."""
    assert prose_of(docstring) == prose


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("OneHotEncoder", "one hot encoder"),
        ("connected_components", "connected components"),
        ("DNSRecord", "DNS record"),
        ("pca", "pca"),
    ],
)
def test_names_become_words(name: str, words: str) -> None:
    """Acronyms keep their capitals."""
    assert in_words(name) == words
