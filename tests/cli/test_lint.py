"""`semsearch lint`: what it prints, and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from semsearch.cli import completion
from semsearch.cli.output import lint
from semsearch.core.entries import Source
from semsearch.ingest.corpus_build import build
from semsearch.quality.lint import RULES, Finding, LintReport, Severity
from tests.cli.running import run
from tests.quality.lint.support import table

STUBS = table("Leaven,Sourdough", "Crumb,The inside of a loaf.", "Peel,TODO")
FAST = ("-m", "hashed")


@pytest.fixture
def stubs(tmp_path: Path) -> Path:
    """Give a file with two warnings."""
    file = tmp_path / "words.csv"
    file.write_text(STUBS)
    return file


def test_findings_begin_with_a_place_that_editors_open(stubs: Path) -> None:
    """File and line, severity, rule, message and entry.

    A summary comes last, and the exit code is 1.
    """
    done = run("lint", str(stubs), *FAST)
    assert done.returncode == 1
    assert done.stdout.decode().splitlines() == [
        f"{stubs}:2: warning [empty-definition] the definition of 'Leaven' has 1 word: 'Sourdough' (words:leaven)",
        f"{stubs}:4: warning [refused-record] the definition of 'Peel' is a placeholder: 'TODO'",
        "2 warnings in 2 entries of 1 file",
    ]
    clean = run("lint", str(stubs), *FAST, "--select", "broken-link")
    assert (clean.returncode, clean.stdout) == (0, b"nothing found in 2 entries of 1 file\n")


@pytest.mark.parametrize(
    ("bound", "code"), [("error", 0), ("warning", 1), ("note", 1), ("never", 0)]
)
def test_a_severity_decides_the_exit_code(stubs: Path, bound: str, code: int) -> None:
    """The exit code depends on --fail-on, in every form of the report."""
    for form in ("text", "json", "sarif", "github"):
        asked = ("lint", str(stubs), *FAST, "--fail-on", bound, "-f", form)
        assert run(*asked).returncode == code


def test_every_form_tells_of_the_same_findings(stubs: Path) -> None:
    """JSON, SARIF and commands of GitHub."""
    stated = json.loads(run("lint", str(stubs), *FAST, "--json").stdout)
    assert (stated["entries"], stated["files"], stated["rules"]) == (2, 1, list(RULES))
    assert stated["findings"][0] == {
        "rule": "empty-definition",
        "severity": "warning",
        "file": str(stubs),
        "line": 2,
        "entry": "words:leaven",
        "subject": "Leaven",
        "message": "the definition of 'Leaven' has 1 word: 'Sourdough'",
        "others": [],
    }
    assert stated["findings"][1]["entry"] is None
    sarif = json.loads(run("lint", str(stubs), *FAST, "-f", "sarif").stdout)
    results = sarif["runs"][0]["results"]
    assert [one["ruleId"] for one in results] == [one["rule"] for one in stated["findings"]]
    github = run("lint", str(stubs), *FAST, "-f", "github").stdout.decode().splitlines()
    assert github[0] == (
        f"::warning file={stubs},line=2,title=empty-definition::"
        "the definition of 'Leaven' has 1 word: 'Sourdough'"
    )


def test_commands_of_github_hold_whatever_a_glossary_says(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Line ends, percent signs, and what would end a property are escaped."""
    bad = Finding(
        "x", Severity.NOTE, "s", "50 %\n::error::x\x1b[2J", "", (), Source("a,b:c.csv", 3)
    )
    report = LintReport((bad,), 1, 1, ())
    lint.report(report, lint.LintFormat.GITHUB)
    assert capsys.readouterr().out.splitlines()[0] == (
        "::notice file=a%2Cb%3Ac.csv,line=3,title=x::50 %25\\n::error::x\\x1b[2J"
    )
    lint.report(report, lint.LintFormat.TEXT)
    assert capsys.readouterr().out.splitlines()[0] == (
        "a,b:c.csv:3: note [x] 50 %\\n::error::x\\x1b[2J"
    )


def test_rules_are_chosen_by_options_and_files(stubs: Path, tmp_path: Path) -> None:
    """`--select`, `--ignore` and `--config`; what is not known is one line and exit code 2."""
    ignored = run("lint", str(stubs), *FAST, "--ignore", "empty-definition", "--json")
    assert [one["rule"] for one in json.loads(ignored.stdout)["findings"]] == ["refused-record"]
    config = tmp_path / "lint.toml"
    config.write_text("fail-on = 'error'\n[refused-record]\nseverity = 'off'\n")
    done = run("lint", str(stubs), *FAST, "--config", str(config), "--json")
    assert done.returncode == 0
    assert [one["rule"] for one in json.loads(done.stdout)["findings"]] == ["empty-definition"]
    for wrong, said in (
        (("--select", "empty-definitoin"), b"did you mean 'empty-definition'?"),
        (("--fail-on", "bad"), b"--fail-on: 'bad' is not a severity"),
        (("--config", str(tmp_path / "x.toml")), b"cannot read"),
        (("--json", "-f", "sarif"), b"--json and --format sarif were given; choose one"),
        (("--read-as", "word"), b"no format is called 'word'"),
    ):
        refused = run("lint", str(stubs), *FAST, *wrong)
        assert (refused.returncode, refused.stdout) == (2, b"")
        assert said in refused.stderr
    assert run("lint", str(tmp_path / "x.csv"), *FAST).returncode == 2


def test_the_index_that_is_there_is_used(stubs: Path, tmp_path: Path) -> None:
    """One that is named has to be there and to fit; others only serve without a named encoder."""
    index = tmp_path / "index"
    missing = run("lint", str(stubs), "-i", str(index))
    assert missing.returncode == 3
    assert missing.stderr.startswith(b"semsearch: there is no index in")  # before anything is read
    there = {"SEMSEARCH_INDEX": str(index)}
    plain = ("lint", str(stubs), "--json")
    assert run(*plain, *FAST, env=there).returncode == 1
    build([stubs], index, model="hashed")
    assert run(*plain, env=there).returncode == 1  # without a model: it is the index's
    assert run(*plain, "-m", "base", "-i", str(index)).returncode == 3


def test_tab_completes_rules_and_severities() -> None:
    """Completion offers the names that begin with the typed text."""
    assert completion.rules("undefined-") == ["undefined-term", "undefined-acronym"]
    assert completion.severities("n") == ["note", "never"]
