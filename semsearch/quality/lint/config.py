"""Configuration of lint: which rules run, their severity, options, and allowed findings.

It is read from `[tool.semsearch.lint]` of a `pyproject.toml`, or from `.semsearch-lint.toml`
without that prefix, and options of the command line override it:

    fail-on = "error"                 # warning by default; "note", or "never"

    [undefined-acronym]               # a table for each rule to be changed
    severity = "warning"              # error, warning, note, or off
    allow = ["HTML", "bakery:peel"]   # subject of a finding, or term or id of an entry
    uses = 3                          # the rule's own options
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from semsearch.core.errors import InvalidSetting
from semsearch.core.near_names import near_or_known
from semsearch.quality.lint.registry import RULES
from semsearch.quality.lint.rule import Finding, Match, Options, Rule, Severity
from semsearch.text.normalise import fold

OWN_FILE = ".semsearch-lint.toml"
PROJECT_FILE = "pyproject.toml"
OFF = "off"
NEVER = "never"


@dataclass(frozen=True, slots=True)
class RuleSetting:
    """The settings of one rule; `severity` is None if it is off, `allowed` names are folded."""

    rule: Rule
    severity: Severity | None
    options: Options
    allowed: frozenset[str] = frozenset()

    @classmethod
    def of(cls, rule: Rule) -> RuleSetting:
        """Return the default settings of a rule."""
        return cls(rule, rule.severity, rule.options)

    def finding(self, match: Match) -> Finding | None:
        """Return the finding of a match; None if it is allowed, or the rule is off."""
        entry = match.entry
        names = (match.subject, *((entry.id, entry.term) if entry else ()))
        if self.severity is None or any(fold(name) in self.allowed for name in names):
            return None
        source = match.source or (entry.source if entry else None)
        id_ = entry.id if entry else ""
        return Finding(
            self.rule.name, self.severity, match.subject, match.message, id_, match.others, source
        )


@dataclass(frozen=True, slots=True)
class LintConfig:
    """The settings of all rules, and the lowest severity that fails; None never fails."""

    choices: Mapping[str, RuleSetting] = field(
        default_factory=lambda: {name: RuleSetting.of(rule) for name, rule in RULES.items()}
    )
    fail_on: Severity | None = Severity.WARNING

    def only(self, select: Collection[str] = (), ignore: Collection[str] = ()) -> LintConfig:
        """Return the configuration restricted to some rules, or without some.

        Args:
            select: rules to run, including those that are off; by default all that are on.
            ignore: rules not to run.

        Raises:
            InvalidSetting: there is no such rule.
        """
        for name in (*select, *ignore):
            known_rule(name)
        choices = {}
        for name, choice in self.choices.items():
            severity = choice.severity
            if name in ignore or (select and name not in select):
                severity = None
            elif select:
                severity = severity or choice.rule.severity
            choices[name] = replace(choice, severity=severity)
        return replace(self, choices=choices)


def known_rule(name: str, place: str = "") -> Rule:
    """Return a rule by name.

    Raises:
        InvalidSetting: there is none; the message suggests the nearest.
    """
    if name in RULES:
        return RULES[name]
    raise InvalidSetting(f"{place}there is no rule {name!r}{near_or_known(name, RULES)}")


def find_config(folder: Path) -> LintConfig:
    """Read the configuration of a folder: its own file, else its `pyproject.toml`, else defaults.

    Raises:
        InvalidSetting: see `read_config`.
    """
    found = (folder / name for name in (OWN_FILE, PROJECT_FILE) if (folder / name).is_file())
    file = next(found, None)
    return LintConfig() if file is None else read_config(file)


def read_config(file: Path) -> LintConfig:
    """Read the configuration from a file.

    Raises:
        InvalidSetting: it cannot be read, is not TOML, or has an unknown name.
    """
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidSetting(f"cannot read {file}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidSetting(f"{file} is not TOML: {error}") from error
    if file.name == PROJECT_FILE:
        for part in ("tool", "semsearch", "lint"):
            table = table.get(part, {})
            if not isinstance(table, dict):
                raise InvalidSetting(f"{file}: {part!r} is not a table")
    return _config(table, f"{file}: ")


def severity_named(name: str, *, none: str, place: str = "") -> Severity | None:
    """Return a severity by name; None for the word `none`.

    Args:
        name: as a user wrote it.
        none: the word for no severity.
        place: where it was written, for the message.

    Raises:
        InvalidSetting: it is neither.
    """
    if name == none:
        return None
    if name not in list(Severity):
        known = ", ".join([*Severity, none])
        raise InvalidSetting(f"{place}{name!r} is not a severity; choose one of {known}")
    return Severity(name)


def _config(table: Mapping[str, Any], place: str) -> LintConfig:
    config = LintConfig()
    choices = dict(config.choices)
    fail_on = config.fail_on
    for name, value in table.items():
        if name == "fail-on":
            fail_on = severity_named(str(value), none=NEVER, place=f"{place}fail-on: ")
            continue
        rule = known_rule(name, place)
        if not isinstance(value, dict):
            raise InvalidSetting(f"{place}{name} is not a table; write [{name}] above its settings")
        choices[name] = _choice(rule, value, f"{place}{name}: ")
    return LintConfig(choices, fail_on)


def _choice(rule: Rule, table: Mapping[str, Any], place: str) -> RuleSetting:
    severity: Severity | None = rule.severity
    allowed: frozenset[str] = frozenset()
    options = dict(rule.options)
    for name, value in table.items():
        if name == "severity":
            severity = severity_named(str(value), none=OFF, place=place)
        elif name == "allow":
            if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
                raise InvalidSetting(f"{place}allow is not a list of texts")
            allowed = frozenset(map(fold, value))
        elif name not in options:
            known = ("severity", "allow", *options)
            raise InvalidSetting(f"{place}there is no {name!r}{near_or_known(name, known)}")
        elif isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _MAX:
            raise InvalidSetting(f"{place}{name} is {value!r}, not a number from 0 to {_MAX:,}")
        else:
            options[name] = value
    return RuleSetting(rule, severity, options, allowed)


_MAX = 1_000_000
