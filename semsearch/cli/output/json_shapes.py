"""The shape of what each command prints with `--json`, as types from which schemas are made.

Most are types that the output is made of anyway. The others are written down here, and a test
compares the output of every command with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from pydantic import TypeAdapter

from semsearch.core.entries import Source
from semsearch.core.errors import InvalidSetting
from semsearch.core.index_info import IndexInfo, RerankerInfo
from semsearch.core.near_names import near_or_known
from semsearch.doc_sites.annotate import Annotated, MarksRemoved, TermsData
from semsearch.importers.report import FieldCount
from semsearch.index.backup_contents import BackupInfo
from semsearch.index.relations import RelationCounts
from semsearch.index.verify import Verified
from semsearch.ingest.upgrade import Upgraded
from semsearch.models.encoders.onnx import Agreement
from semsearch.models.rerankers.onnx import PairAgreement
from semsearch.quality.diff.matching import PairKind
from semsearch.quality.evaluation.ablation import Variant
from semsearch.quality.evaluation.abstention import Abstention, ConfidenceBin, RiskPoint
from semsearch.quality.evaluation.judgements import Half
from semsearch.quality.evaluation.measures import MeasureRow
from semsearch.quality.evaluation.outcomes import Failure, ShownEntry
from semsearch.quality.evaluation.platt_scaling import Trial
from semsearch.quality.evaluation.report import Latency
from semsearch.quality.lint.rule import Severity
from semsearch.server.auth.keys import KeyScope
from semsearch.server.diagnosis import Check
from semsearch.server.schemas.answers import WireAnswer
from semsearch.server.schemas.entries import WireChange, WireEntry, WireStoredEntry, WireVersion
from semsearch.server.schemas.gaps import WireGapReport
from semsearch.server.schemas.related import WireRelated
from semsearch.storage.corpus_diff import Changes
from semsearch.storage.live_edits import Conflict


@dataclass
class FailedLine:
    """`ask -`: a line of standard input that is no question."""

    line: int
    error: str


@dataclass
class LeftOutJson:
    """Fields of a record that its entry cannot hold, with example values by name."""

    source: Source
    id: str
    parts: dict[str, str]


@dataclass
class DryRunJson:
    """`build --dry-run`: what would be taken."""

    files: int
    taken: int
    merged: list[str]
    refused: list[str]
    extra: list[FieldCount]
    left_out: list[LeftOutJson]
    notes: list[str]
    unread: list[str]


@dataclass
class BuildJson:
    """`build`: what was read, changed, embedded and published; see `BuildReport`."""

    index: str
    changes: Changes
    refused: list[str]
    embedded: int
    vectors: int
    generation: int
    published: bool
    model: str
    precision: str
    former_model: str | None
    agreement: dict[str, Agreement]
    exported: bool
    problem: str
    reranker: RerankerInfo | None
    reranker_agreement: dict[str, PairAgreement]
    has_common_questions: bool
    commonly_asked: int
    relations: RelationCounts | None
    conflicts: list[Conflict]
    overwritten: bool
    merged: list[str]
    left_out: list[LeftOutJson]
    extra: list[FieldCount]
    notes: list[str]
    unread: list[str]


@dataclass
class FormatJson:
    """A format that is read."""

    name: str
    about: str
    suffixes: list[str]


@dataclass
class CalibrationJson:
    """`calibrate`: the calibration, its effect, and whether it was stored."""

    file: str
    trial: Trial
    warnings: list[str]
    is_stored: bool


@dataclass
class CalibrationRemoved:
    """`calibrate --reset`: whether there was one."""

    removed: bool


@dataclass
class QuestionJson:
    """A judged question, and what was answered."""

    key: str
    rank: int | None
    confidence: float
    refused: bool
    query: str
    glossary: str
    kind: str
    terms: list[str]
    failure: Failure | None
    hits: list[ShownEntry]
    ms: float


@dataclass
class MeasureChangeJson:
    """A measure before and now."""

    measure: str
    questions: int
    before: float
    now: float
    p: float
    is_drop: bool


@dataclass
class ComparisonJson:
    """`evaluate --compare`: what changed; `gained` and `lost` are keys of questions."""

    shared: int
    only_before: int
    only_now: int
    changes: list[MeasureChangeJson]
    gained: list[str]
    lost: list[str]


@dataclass
class EvaluationJson:
    """`evaluate`: measures, and every question."""

    format: int
    indexes: list[IndexInfo]
    half: Half
    measures: list[MeasureRow]
    abstention: list[Abstention]
    risk_coverage: list[RiskPoint]
    reliability: list[ConfidenceBin]
    latency: Latency
    ablations: list[Variant]
    comparison: ComparisonJson | None
    warnings: list[str]
    questions: list[QuestionJson]


@dataclass
class FindingJson:
    """A finding of lint."""

    rule: str
    severity: Severity
    file: str | None
    line: int | None
    entry: str | None
    subject: str
    message: str
    others: list[str]


@dataclass
class LintJson:
    """`lint`: what was checked and found."""

    entries: int
    files: int
    rules: list[str]
    findings: list[FindingJson]


@dataclass
class ComparedEntry:
    """An entry of one side of a diff."""

    id: str
    term: str
    definition: str
    aliases: list[str]
    language: str
    see_also: list[str]
    details: dict[str, str | list[str] | dict[str, str]]
    file: str | None
    line: int | None


@dataclass
class DifferenceJson:
    """One difference; `moved` is how far the meaning of a reworded definition moved."""

    kind: PairKind
    fields: list[str]
    moved: float | None
    old: ComparedEntry | None
    new: ComparedEntry | None


@dataclass
class DiffJson:
    """`diff`: both sides, and the differences."""

    old: str
    new: str
    old_entries: int
    new_entries: int
    differences: list[DifferenceJson]


@dataclass
class DoctorJson:
    """`doctor`: every check, and whether none found an error."""

    is_sound: bool
    checks: list[Check]


@dataclass
class PurgedJson:
    """`purge`: the ids of the erased entries."""

    purged: list[str]


@dataclass
class ForgottenJson:
    """`gaps --forget`: how many recorded questions were forgotten."""

    forgotten: int


@dataclass
class KeyJson:
    """An access key, without its secret; times are ISO 8601."""

    id: str
    name: str
    scope: KeyScope
    glossaries: list[str]
    created: str
    expires: str | None
    revoked: str | None


@dataclass
class NewKeyJson(KeyJson):
    """`keys create`: a key with its secret, which is told once."""

    key: str


SHAPES: Mapping[str, Any] = MappingProxyType(
    {
        "build": BuildJson | DryRunJson,
        "ask": WireAnswer | FailedLine,
        "info": IndexInfo,
        "evaluate": EvaluationJson,
        "calibrate": CalibrationJson | CalibrationRemoved,
        "formats": list[FormatJson],
        "show": WireStoredEntry,
        "random": WireStoredEntry,
        "related": WireRelated,
        "list": list[WireEntry],
        "lint": LintJson,
        "diff": DiffJson,
        "annotate": Annotated | MarksRemoved | TermsData,
        "add": WireChange,
        "change": WireChange,
        "delete": WireChange,
        "history": list[WireVersion],
        "restore": WireChange,
        "teach": WireChange,
        "backup": BackupInfo,
        "restore-backup": BackupInfo,
        "verify": Verified,
        "upgrade": Upgraded,
        "purge": PurgedJson,
        "gaps": WireGapReport | ForgottenJson,
        "doctor": DoctorJson,
        "keys create": NewKeyJson,
        "keys list": list[KeyJson],
        "keys revoke": KeyJson,
    }
)
"""What each command prints with `--json`."""


def schema_of(command: str) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of what a command prints with `--json`.

    Args:
        command: its name, `keys create` for one of a group.

    Raises:
        InvalidSetting: no such command prints JSON.
    """
    if command not in SHAPES:
        near = near_or_known(command, SHAPES)
        raise InvalidSetting(f"there is no command {command!r} that prints JSON{near}")
    schema = TypeAdapter(SHAPES[command]).json_schema(mode="serialization")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"semsearch {command} --json",
        **{name: value for name, value in schema.items() if name != "title"},
    }
