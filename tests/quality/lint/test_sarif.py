"""SARIF 2.1.0, as its standard and code hosts want it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from semsearch.quality.lint import RULES, LintReport, lint
from semsearch.quality.lint.sarif import to_sarif
from tests.quality.lint.support import table


class Strict(BaseModel):
    """An object of the schema: nothing but these properties."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Message(Strict):
    text: str = Field(min_length=1)


class Level(Strict):
    level: Literal["none", "note", "warning", "error"]


class Descriptor(Strict):
    id: str = Field(pattern=r"^[a-z-]+$")
    shortDescription: Message
    fullDescription: Message
    help: Message
    defaultConfiguration: Level


class Driver(Strict):
    name: Literal["semsearch"]
    semanticVersion: str = Field(pattern=r"^\d+\.\d+\.\d+")
    rules: list[Descriptor]


class Tool(Strict):
    driver: Driver


class Artifact(Strict):
    uri: str = Field(pattern=r"^[!-~]+$")


class Region(Strict):
    startLine: int = Field(ge=1)


class Physical(Strict):
    artifactLocation: Artifact
    region: Region


class Logical(Strict):
    fullyQualifiedName: str
    kind: str


class Location(Strict):
    physicalLocation: Physical | None = None
    logicalLocations: list[Logical] = []


class _SarifResult(Strict):
    ruleId: str
    ruleIndex: int = Field(ge=0)
    level: Literal["none", "note", "warning", "error"]
    message: Message
    partialFingerprints: dict[str, str]
    locations: list[Location] = []


class Run(Strict):
    tool: Tool
    columnKind: Literal["utf16CodeUnits", "unicodeCodePoints"]
    results: list[_SarifResult]


class Log(Strict):
    """The part of the SARIF 2.1.0 schema that is written.

    https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json
    """

    schema_: str = Field(alias="$schema")
    version: Literal["2.1.0"]
    runs: list[Run] = Field(min_length=1)


def logged(report: LintReport) -> Run:
    """Return the one run of a log that has the shape of the standard."""
    (run,) = Log.model_validate_json(json.dumps(to_sarif(report))).runs
    return run


def test_findings_have_the_shape_of_the_standard(tmp_path: Path) -> None:
    """Each names its rule twice, by name and by place, and where it is."""
    file = tmp_path / "my words.csv"
    file.write_text(table("Leaven,Sourdough", "Peel,TODO"))
    run = logged(lint([file], model="hashed"))
    assert [rule.id for rule in run.tool.driver.rules] == list(RULES)
    stub, refused = run.results
    for result in run.results:
        assert run.tool.driver.rules[result.ruleIndex].id == result.ruleId
    assert (stub.ruleId, stub.level) == ("empty-definition", "warning")
    (place,) = stub.locations
    assert place.physicalLocation is not None
    assert place.physicalLocation.artifactLocation.uri == file.as_uri()
    assert place.physicalLocation.region.startLine == 2
    assert place.logicalLocations[0].fullyQualifiedName == "my-words:leaven"
    assert refused.locations[0].logicalLocations == []


def test_a_relative_file_stays_relative(tmp_path: Path) -> None:
    """The path is relative to the working directory of lint, and encoded as a URL."""
    import os  # noqa: PLC0415

    before = Path.cwd()
    os.chdir(tmp_path)
    try:
        Path("über uns.csv").write_text(table("Leaven,Sourdough"))
        (result,) = logged(lint(["über uns.csv"], model="hashed")).results
    finally:
        os.chdir(before)
    place = result.locations[0].physicalLocation
    assert place is not None
    assert place.artifactLocation.uri == "%C3%BCber%20uns.csv"


def test_a_finding_is_known_again_when_its_line_moves(tmp_path: Path) -> None:
    """The fingerprint is that of rule, entry and subject."""
    file = tmp_path / "words.csv"
    prints = []
    for rows in (("Leaven,Sourdough",), ("Crumb,The inside of a loaf.", "Leaven,Sourdough")):
        file.write_text(table(*rows))
        (result,) = logged(lint([file], model="hashed")).results
        prints.append(result.partialFingerprints)
    assert prints[0] == prints[1]


def test_a_clean_run_is_a_log_without_results(tmp_path: Path) -> None:
    """Which closes what was open before."""
    (tmp_path / "words.csv").write_text(table("Crumb,The inside of a loaf."))
    assert logged(lint([tmp_path / "words.csv"], model="hashed")).results == []
