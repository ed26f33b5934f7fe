"""Settings of rules: where they are read, what they change, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from semsearch.core.errors import InvalidSetting
from semsearch.quality.lint import RULES, LintConfig, Severity, find_config, read_config
from tests.quality.lint.support import found, linted, table

STUBS = table("Leaven,Sourdough", "Peel,Shovel", "Oven,A hot box")


def own(folder: Path, text: str) -> LintConfig:
    """Read settings from a file of their own."""
    file = folder / ".semsearch-lint.toml"
    file.write_text(text, encoding="utf-8")
    return read_config(file)


def test_without_a_file_rules_are_as_they_come(tmp_path: Path) -> None:
    """All of them, and warnings fail."""
    config = find_config(tmp_path)
    assert config == LintConfig()
    assert {c.rule.name: c.severity for c in config.choices.values()} == {
        name: rule.severity for name, rule in RULES.items()
    }
    assert config.fail_on is Severity.WARNING


def test_an_own_file_counts_before_the_project(tmp_path: Path) -> None:
    """A `pyproject.toml` without a table of ours says nothing."""
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\n')
    assert find_config(tmp_path) == LintConfig()
    (tmp_path / "pyproject.toml").write_text('[tool.semsearch.lint]\nfail-on = "error"\n')
    assert find_config(tmp_path).fail_on is Severity.ERROR
    (tmp_path / ".semsearch-lint.toml").write_text('fail-on = "never"\n')
    assert find_config(tmp_path).fail_on is None


def test_severity_options_and_what_is_allowed_change_what_is_found(tmp_path: Path) -> None:
    """An entry is allowed by its term or id, in any case."""

    def subjects(text: str) -> list[tuple[str, int]]:
        return found(linted(tmp_path, STUBS, "empty-definition", config=own(tmp_path, text)))

    assert subjects("") == [("Leaven", 2), ("Peel", 3)]
    assert subjects("[empty-definition]\nwords = 4") == [("Leaven", 2), ("Peel", 3), ("Oven", 4)]
    assert subjects("[empty-definition]\nallow = ['LEAVEN']") == [("Peel", 3)]
    assert subjects("[empty-definition]\nallow = ['bakery:peel', 'Leaven']") == []
    config = own(tmp_path, "[empty-definition]\nseverity = 'note'")
    report = linted(tmp_path, STUBS, "empty-definition", config=config)
    assert {one.severity for one in report.findings} == {Severity.NOTE}
    assert not report.fails(Severity.WARNING)
    assert report.fails(Severity.NOTE)


def test_a_rule_that_is_off_is_found_only_when_it_is_selected(tmp_path: Path) -> None:
    """The command line has the last word."""
    config = own(tmp_path, "[empty-definition]\nseverity = 'off'")
    assert config.only().choices["empty-definition"].severity is None
    assert (
        config.only(["empty-definition"]).choices["empty-definition"].severity is Severity.WARNING
    )
    assert LintConfig().only(ignore=["near-duplicate"]).choices["near-duplicate"].severity is None
    assert LintConfig().only(["unfindable"], ["unfindable"]).choices["unfindable"].severity is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[empty-definitions]", "there is no rule 'empty-definitions'; did you mean 'empty-definition'?"),
        ("[zzz]", "there is no rule 'zzz'; there are refused-record, empty-definition, "),
        ("[empty-definition]\nwrds = 3", "there is no 'wrds'; did you mean 'words'?"),
        ("[duplicate-definition]\nwords = 3", "there is no 'words'; there are severity, allow"),
        ("[empty-definition]\nwords = true", "words is True, not a number from 0 to 1,000,000"),
        ("[empty-definition]\nwords = -1", "words is -1, not a number"),
        ("[empty-definition]\nwords = nan", "words is nan, not a number"),
        ("[empty-definition]\nallow = 'x'", "allow is not a list of texts"),
        ("[empty-definition]\nallow = [1]", "allow is not a list of texts"),
        ("[empty-definition]\nseverity = 'bad'", "'bad' is not a severity; choose one of error, warning, note, off"),
        ("fail-on = 'bad'", "fail-on: 'bad' is not a severity; choose one of error, warning, note, never"),
        ("empty-definition = 3", "empty-definition is not a table; write [empty-definition] above"),
        ("[", "is not TOML: "),
    ],
)  # fmt: skip
def test_what_is_not_known_is_refused_with_what_is(tmp_path: Path, text: str, said: str) -> None:
    """The message names the file, the value, and the nearest name there is."""
    with pytest.raises(InvalidSetting) as refused:
        own(tmp_path, text)
    assert str(refused.value).startswith(str(tmp_path / ".semsearch-lint.toml"))
    assert said in str(refused.value)


def test_files_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    """Missing ones, other encodings, and a table that is none."""
    with pytest.raises(InvalidSetting, match=r"cannot read .*: No such file"):
        read_config(tmp_path / "nothing.toml")
    file = tmp_path / "pyproject.toml"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(InvalidSetting, match="is not TOML"):
        read_config(file)
    file.write_text("[tool]\nsemsearch = 3\n")
    with pytest.raises(InvalidSetting, match="'semsearch' is not a table"):
        read_config(file)


def test_rules_that_are_not_known_are_refused_on_the_way_in() -> None:
    """Unknown rules are refused whether selected or ignored."""
    for select, ignore in ((["unfindabel"], []), ([], ["unfindabel"])):
        with pytest.raises(InvalidSetting, match="did you mean 'unfindable'"):
            LintConfig().only(select, ignore)
