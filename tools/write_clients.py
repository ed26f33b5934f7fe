"""Writes what clients take from the interface description: `python -m tools.write_clients`.

For Python the classes of answers and bodies. For TypeScript `schema.d.ts`, by openapi-typescript,
which `npm ci` in `clients/typescript` installs. For both the version.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tools.write_openapi import OPENAPI

CLIENTS = Path(__file__).parents[1] / "clients"
PYTHON = CLIENTS / "python" / "semsearch_client"
TYPESCRIPT = CLIENTS / "typescript"
TYPES = TYPESCRIPT / "schema.d.ts"
GENERATOR = TYPESCRIPT / "node_modules" / "openapi-typescript" / "bin" / "cli.js"
ANSWERS = (
    "Answer",
    "Change",
    "DeletedEntry",
    "GlossaryInfo",
    "Problem",
    "Related",
    "ServiceInfo",
    "StoredEntry",
    "Suggestion",
    "Version",
)
BODIES = ("EntryContent", "EntryPatch", "NewEntry")
TAGGED = "StoredEntry"
"""What an edit begins from: it keeps the header that the edit states."""
WIDTH = 100
"""The most columns of a line."""

_BASIC = {
    "string": "str",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "null": "None",
}
_MODELS_HEAD = '''"""Answers and bodies of the HTTP API, written by `python -m tools.write_clients`.

A later service may send further values of a `Literal`. Members that it adds are ignored.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NotRequired, TypedDict'''

Schema = dict[str, Any]


def main() -> None:
    """Write all files anew."""
    for path, text in python_files().items():
        path.write_text(text, encoding="utf-8")
    for path, text in package_files().items():
        path.write_text(text, encoding="utf-8")
    if not GENERATOR.exists():
        raise SystemExit(f"{TYPES} is not written: run `npm ci` in {TYPESCRIPT} first")
    TYPES.write_text(typescript_types(), encoding="utf-8")


def python_files() -> dict[Path, str]:
    """Return the generated modules of the Python client."""
    schemas = _document()["components"]["schemas"]
    answers = sorted(_reached(ANSWERS, schemas))
    parts = [
        *(_alias(name, schemas[name]) for name in answers if "enum" in schemas[name]),
        *(_dataclass(name, schemas[name]) for name in answers if "enum" not in schemas[name]),
        *(_typed_dict(name, schemas[name]) for name in BODIES),
    ]
    models = _formatted("\n\n".join([_MODELS_HEAD, *parts]))
    version = (
        '"""The version, which is that of the service; `python -m tools.write_clients` sets it."""'
        f'\n\n__version__ = "{_version()}"\n'
    )
    return {PYTHON / "models.py": models, PYTHON / "version.py": version}


def package_files() -> dict[Path, str]:
    """Return the files of the TypeScript client that state the version."""
    found = {}
    for name in ("package.json", "package-lock.json"):
        stated = json.loads((TYPESCRIPT / name).read_text(encoding="utf-8"))
        stated["version"] = _version()
        if "packages" in stated:
            stated["packages"][""]["version"] = _version()
        found[TYPESCRIPT / name] = json.dumps(stated, indent=2, ensure_ascii=False) + "\n"
    return found


def typescript_types() -> str:
    """Return the types of the TypeScript client."""
    with tempfile.TemporaryDirectory() as folder:
        document, types = Path(folder, "openapi.json"), Path(folder, "schema.d.ts")
        document.write_text(_reduced(), encoding="utf-8")
        options = ["--default-non-nullable=false", "-o", str(types)]  # a default may be left out
        command = ["node", str(GENERATOR), str(document), *options]
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own files
        return stamp() + types.read_text(encoding="utf-8")


def stamp() -> str:
    """Return the first line of the types, by which a test without Node sees that they are old."""
    return (
        f"// SHA-256 of what they are made of: {hashlib.sha256(_reduced().encode()).hexdigest()}\n"
    )


def _document() -> Schema:
    found: Schema = json.loads(OPENAPI.read_text(encoding="utf-8"))
    return found


def _version() -> str:
    return str(_document()["info"]["version"])


def _reduced() -> str:
    """Return the description of /v1 without examples, with one response for all errors."""
    document = _document()
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    error = {"description": "A problem (RFC 9457).", "content": problem}
    paths = {path: of for path, of in document["paths"].items() if path.startswith("/v1/")}
    for operation in (one for of in paths.values() for one in of.values()):
        fine = {code: of for code, of in operation["responses"].items() if code < "4"}
        for media in (media for of in fine.values() for media in of.get("content", {}).values()):
            media.pop("example", None)
        operation["responses"] = fine | {"default": error}
    schemas = document["components"]["schemas"]
    used = _reached(_references(paths), schemas)
    document["paths"] = paths
    document["components"]["schemas"] = {name: schemas[name] for name in schemas if name in used}
    return json.dumps(document, ensure_ascii=False)


def _reached(names: Iterable[str], schemas: Schema) -> set[str]:
    """Return names of schemas and of all that they refer to."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _references(schemas[name])
    return found


def _references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(reference := value.get("$ref"), str):
            yield reference.rpartition("/")[2]
        for member in value.values():
            yield from _references(member)
    elif isinstance(value, list):
        for member in value:
            yield from _references(member)


def _type(schema: Schema) -> str:
    """Return the Python type of a schema."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        return " | ".join(map(_type, schema["anyOf"]))
    if schema["type"] == "array":
        return f"list[{_type(schema['items'])}]"
    if schema["type"] == "object":
        return f"dict[str, {_type(schema['additionalProperties'])}]"
    return _BASIC[schema["type"]]


def _alias(name: str, schema: Schema) -> str:
    values = ", ".join(map(json.dumps, schema["enum"]))
    return f"{name} = Literal[{values}]\n{_docstring(schema, indent='')}"


def _dataclass(name: str, schema: Schema) -> str:
    lines = ["@dataclass(frozen=True, slots=True, kw_only=True)", f"class {name}:"]
    lines += [_docstring(schema), ""]
    for member, of in schema["properties"].items():
        kind = _type(of)
        if member not in schema["required"]:
            kind = f"{kind.removesuffix(' | None')} | None = None"
        lines.append(f"    {member}: {kind}")
        lines.append(_docstring(of))
    if name == TAGGED:
        lines.append("    etag: str | None = None")
        lines.append('    """The header `ETag`: state it as `if_match` to edit this very state."""')
    return "\n".join(filter(None, lines))


def _typed_dict(name: str, schema: Schema) -> str:
    lines = [f"class {name}(TypedDict):", _docstring(schema)]
    for member, of in schema["properties"].items():
        is_required = member in schema.get("required", ())
        lines.append(f"    {member}: {_type(of) if is_required else f'NotRequired[{_type(of)}]'}")
        lines.append(_docstring(of))
    return "\n".join(filter(None, lines))


def _docstring(schema: Schema, indent: str = "    ") -> str:
    """Return the description of a schema as a docstring, or nothing."""
    text = str(schema.get("description", ""))
    if len(text) + len(indent) + 6 <= WIDTH and "\n" not in text:
        return f'{indent}"""{text}"""' if text else ""
    width = WIDTH - len(indent) - 3
    filled = "\n\n".join(textwrap.fill(part, width) for part in text.split("\n\n"))
    return textwrap.indent(f'"""{filled}\n"""', indent)


def _formatted(code: str) -> str:
    command = [sys.executable, "-m", "ruff", "format", "--stdin-filename", "models.py", "-"]
    done = subprocess.run(command, input=code, capture_output=True, text=True, check=True)  # noqa: S603
    return done.stdout


if __name__ == "__main__":
    main()
