"""The Dockerfile's promise: the core alone answers questions and takes edits, without torch.

Docker is not needed here. The Dockerfile is read, and what its final stage installs is installed
into a plain virtual environment, from exactly the files that the Dockerfile copies. Wheels come
from pip's cache; where there is neither network nor cache, these tests are skipped.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from benchmarks.speed import services
from semsearch.exporters import TARGETS
from semsearch.models.registry import ADAPTER
from semsearch.search.glossary import Glossary
from tests.conftest import PROJECT
from tests.other_user import without_rights_to
from tests.packaging.dockerfile import Copy, Stage, is_sent, read_stages

QUESTION = "one full pass over the training data"
INSTALL_LIMIT_S = 240
LOCKED = ["pip", "install", "--require-hashes", "--no-deps"]


@pytest.fixture(scope="module")
def stages() -> tuple[Stage, Stage]:
    """Give the two stages of the Dockerfile."""
    build, final = read_stages(PROJECT / "Dockerfile")
    return build, final


def test_build_stage(stages: tuple[Stage, Stage]) -> None:
    """It installs the lock for building, makes the wheel and builds the index from the corpus."""
    build, _ = stages
    assert (build.base, build.name) == ("python:3.11-slim", "build")
    assert build.one("ARG") == 'PIP_EXTRA_INDEX_URL=""'
    locks = ("run", "wheel", "torch")
    assert build.copies == [
        Copy(tuple(f"requirements/{lock}.lock" for lock in locks), "requirements/"),
        Copy(("pyproject.toml", "README.md", "LICENSE"), "./"),
        Copy(("semsearch",), "semsearch"),
        Copy(("corpus",), "corpus"),
    ]
    assert build.runs == [
        [*LOCKED, "-r", "requirements/run.lock", "-r", "requirements/wheel.lock"],
        ["pip", "install", "-r", "requirements/torch.lock"],
        ["pip", "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", "dist", "."],
        ["pip", "install", "--no-deps", "dist/*.whl"],
        ["semsearch", "build", "corpus", "--index", "index"],
    ]


def test_final_stage_installs_only_what_serves(stages: tuple[Stage, Stage]) -> None:
    """serve.lock, the package without its dependencies, and the index: nothing else."""
    _, final = stages
    assert (final.base, final.name) == ("python:3.11-slim", None)
    assert final.runs == [
        [*LOCKED, "-r", "requirements/serve.lock"],
        ["pip", "install", "--no-deps", "dist/*.whl"],
    ]
    assert final.copies == [
        Copy(("requirements/serve.lock",), "requirements/"),
        Copy(("/build/dist",), "dist", "build"),
        Copy(("/build/index",), "index", "build"),
    ]
    assert not final.all("ADD")


def test_final_stage_is_run_with_care(stages: tuple[Stage, Stage]) -> None:
    """It runs without root, on its port, on all addresses and open, with the copied index."""
    _, final = stages
    assert final.one("USER") == "10001:10001"
    assert final.one("EXPOSE") == final.environment["SEMSEARCH_PORT"] == "8000"
    assert final.environment["SEMSEARCH_INDEX"] == f"{final.one('WORKDIR')}/index"
    assert json.loads(final.one("CMD")) == ["semsearch", "serve", "--host", "0.0.0.0"]  # noqa: S104
    assert final.environment["SEMSEARCH_READ"] == "open"
    assert "/readyz" in final.health_check[-1]


def test_what_is_copied_is_there_and_sent(stages: tuple[Stage, Stage]) -> None:
    """Everything copied from the checkout exists and .dockerignore lets it through; little else."""
    copied = [s for stage in stages for c in stage.copies if c.stage is None for s in c.sources]
    ignore = PROJECT / ".dockerignore"
    assert [path for path in copied if not (PROJECT / path).exists()] == []
    assert [path for path in copied if not is_sent(path, ignore)] == []
    assert is_sent("semsearch/web/page.js", ignore)
    for path in (".git/config", "index/store.db", "tests/conftest.py", ".venv/bin/python"):
        assert not is_sent(path, ignore), path
    assert not is_sent("semsearch/__pycache__/names.cpython-311.pyc", ignore)


@pytest.fixture(scope="module")
def bare(stages: tuple[Stage, Stage], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of the programs of a virtual environment made as the final stage says."""
    build, final = stages
    root = tmp_path_factory.mktemp("final")
    programs = root / "venv" / "bin"
    venv = [sys.executable, "-m", "venv", "--without-pip", str(root / "venv")]
    subprocess.run(venv, check=True, timeout=120)
    _copy_from_checkout(build, root / "build")
    _run_pip(Path(sys.executable).parent, root / "build", build.runs[2])
    _copy_from_checkout(final, root / "app")
    shutil.copytree(root / "build" / "dist", root / "app" / "dist")
    for command in final.runs:
        _run_pip(programs, root / "app", command)
    return programs


@pytest.fixture
def read_only_index(seed_index: Path, tmp_path: Path) -> Iterator[Path]:
    """Give a copy of the seed's index in which nothing may be written; who may read stays."""
    index = tmp_path / "index"
    shutil.copytree(seed_index, index)
    modes = {path: path.stat().st_mode for path in (index, *index.rglob("*"))}
    for path, mode in modes.items():
        path.chmod(mode & ~0o222)
    yield index
    for path, mode in modes.items():
        path.chmod(mode)


@pytest.mark.packaging
@pytest.mark.parametrize("module", services.HEAVY)
def test_nothing_heavy_can_be_imported(bare: Path, module: str) -> None:
    """The environment has semsearch and does not have torch or what stands on it."""
    code = "import sys, importlib.util as u; print(*(u.find_spec(n) is not None for n in sys.argv[1:]))"
    shown = subprocess.run(
        [bare / "python", "-P", "-c", code, "semsearch", module],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert shown.stdout.split() == ["True", "False"]


@pytest.mark.packaging
def test_the_wheel_brings_the_adapter_along(bare: Path) -> None:
    """Its files are those of the checkout."""
    code = "from semsearch.models.registry import ADAPTER; print(ADAPTER)"
    shown = subprocess.run(
        [bare / "python", "-P", "-c", code], check=True, capture_output=True, text=True, timeout=60
    )
    installed = Path(shown.stdout.strip())
    assert installed.is_relative_to(bare.parent)
    assert _contents(installed) == _contents(ADAPTER)


@pytest.mark.packaging
@pytest.mark.model
def test_serves_from_the_final_stage(
    bare: Path,
    read_only_index: Path,
    seed: Glossary,
    stages: tuple[Stage, Stage],
    tmp_path: Path,
) -> None:
    """Its console script answers as this environment does, is healthy, and changes no file."""
    before = _contents(read_only_index)
    answer, mapped = _answer_as_the_final_stage(
        [str(bare / "semsearch")], read_only_index, stages[1], tmp_path
    )
    assert [hit["id"] for hit in answer["hits"]] == [h.entry.id for h in seed.ask(QUESTION).hits]
    assert answer["no_close_match"] is False
    assert [file for file in mapped if "torch" in file] == []
    assert _contents(read_only_index) == before


@pytest.mark.packaging
@pytest.mark.model
def test_the_core_edits_imports_suggests_and_exports(
    bare: Path, seed_index: Path, tmp_path: Path
) -> None:
    """The exported encoder embeds edits. An import may hold HTML, which lxml reads."""
    index = tmp_path / "index"
    shutil.copytree(seed_index, index)
    program = str(bare / "semsearch")
    made = _run([program, "keys", "create", "--scope", "edit", "--json", "--index", str(index)])
    headers = {"Authorization": f"Bearer {json.loads(made.stdout)['key']}"}
    with _started([program], {"SEMSEARCH_INDEX": str(index)}, tmp_path) as (_, port):
        client = httpx2.Client(
            base_url=f"http://127.0.0.1:{port}", headers=headers, trust_env=False, timeout=60
        )
        with client as http:
            whisk = {"glossary": "kitchen", "term": "Whisk", "definition": "A beater of eggs."}
            added = http.post("/v1/entries", json=whisk)
            assert added.status_code == 201, added.text
            lines = '{"term": "Ladle", "definition": "<p>A spoon for <em>soup</em>.</p><ul><li>deep</li></ul>"}'
            taken = http.post(
                "/v1/entries:import?glossary=kitchen",
                content=lines,
                headers={"Content-Type": "application/x-ndjson"},
            )
            assert [one["outcome"] for one in taken.json()["records"]] == ["added"], taken.text
            for question, term in (("what beats eggs?", "Whisk"), ("deep spoon for soup", "Ladle")):
                found = http.get("/v1/search", params={"q": question}).json()["hits"]
                assert found[0]["term"] == term
            suggested = http.get("/v1/suggest", params={"q": "whi"})
            assert "Whisk" in suggested.text
            for name in TARGETS:
                exported = http.get("/v1/glossaries/kitchen/export", params={"format": name})
                assert exported.status_code == 200, (name, exported.text)
    assert _run([program, "publish", "--index", str(index)]).returncode == 0


@pytest.mark.packaging
@pytest.mark.model
@pytest.mark.parametrize(
    ("command", "extra"),
    [
        (["build", "corpus"], "build"),
        (["build", "corpus", "--model", "base"], "build"),
        (["build", "corpus", "--model", "accurate"], "accurate"),
        (["build", "tests/data/rdf/bakery.ttl"], "build"),
        (["lint", "corpus"], "build"),
        (["evaluate", "QUESTIONS", "--index", "INDEX"], "build"),
        (["picture", "a question", "--index", "INDEX"], "build"),
    ],
    ids=" ".join,
)
def test_what_the_core_lacks_names_the_extra(
    bare: Path, seed_index: Path, tmp_path: Path, command: list[str], extra: str
) -> None:
    """One line, with the command that mends it, and exit code 4; no encoder is in the cache."""
    questions = tmp_path / "questions.jsonl"
    questions.write_text('{"query": "what forgets the past?", "kind": "far"}\n')
    places = {"INDEX": seed_index, "QUESTIONS": questions}
    words = [str(places.get(word, word)) for word in command]
    words += ["--index", str(tmp_path / "index")] if words[0] == "build" else []
    nothing = {"SEMSEARCH_CACHE_FOLDER": "cache", "SEMSEARCH_INDEX": "index"}
    empty = {name: str(tmp_path / folder) for name, folder in nothing.items()}
    done = _run([str(bare / "semsearch"), *words], **empty)
    assert done.returncode == 4, done
    (line,) = [line for line in done.stderr.splitlines() if line != "reading"]
    assert line.startswith("semsearch: ")
    assert line.endswith(
        f"which is not installed here; run `pip install '.[{extra}]'` in the checkout of semsearch"
    )


@pytest.mark.packaging
@pytest.mark.process
@pytest.mark.model
def test_a_container_answers_where_torch_cannot_be_loaded(
    read_only_index: Path, seed: Glossary, stages: tuple[Stage, Stage], tmp_path: Path
) -> None:
    """The service has the settings of the final stage; heavy modules refuse to load."""
    before = _contents(read_only_index)
    refusing = tmp_path / "refusing"
    refusing.mkdir()
    for module in services.HEAVY:
        (refusing / f"{module}.py").write_text("raise ImportError('not in a container')\n")
    answer, _ = _answer_as_the_final_stage(
        [*without_rights_to(read_only_index), sys.executable, "-m", "semsearch"],
        read_only_index,
        stages[1],
        tmp_path,
        {"PYTHONPATH": os.pathsep.join([str(refusing), str(PROJECT)])},
    )
    assert [hit["id"] for hit in answer["hits"]] == [h.entry.id for h in seed.ask(QUESTION).hits]
    assert _contents(read_only_index) == before


def _answer_as_the_final_stage(
    program: list[str],
    index: Path,
    final: Stage,
    folder: Path,
    environment: dict[str, str] | None = None,
) -> tuple[dict[str, Any], set[str]]:
    """Start the service with the settings of the final stage, ask, check its health, and stop it.

    Returns:
        The answer, and the files that the service had mapped.
    """
    settings = final.environment | {"SEMSEARCH_INDEX": str(index)} | (environment or {})
    with _started(program, settings, folder) as (process, port):
        with closing(services.Service(process, port, 0.0)) as service:
            answer = service.get(services.SEARCH, q=QUESTION)
            mapped = service.mapped_files()
        assert _health_check(final, Path(sys.executable).parent, port) == 0
    return answer, mapped


@contextmanager
def _started(
    program: list[str], settings: dict[str, str], folder: Path
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Start a service on a free port, yield its process and port, and stop it with code 0."""
    process = subprocess.Popen(
        [*program, "serve", "--port", "0"],
        cwd=folder,
        env=_plain_environment() | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        assert process.stdout
        said = process.stdout.readline()
        address = re.search(rb"http://127\.0\.0\.1:(\d+)", said)
        if address is None:
            process.kill()
            pytest.fail((said + process.stdout.read()).decode())
        yield process, int(address[1])
    finally:
        code = services.stop(process)
        if process.stdout:
            process.stdout.close()
    assert code == 0


def _run(command: list[str], **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the bare environment in the checkout."""
    return subprocess.run(
        command,
        cwd=PROJECT,
        env=_plain_environment() | variables,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.packaging
def test_health_check_fails_without_a_service(bare: Path, stages: tuple[Stage, Stage]) -> None:
    """It is not healthy when nothing listens."""
    assert _health_check(stages[1], bare, services.free_port()) != 0


@pytest.mark.model
def test_serving_imports_nothing_heavy_where_it_could(seed_index: Path, tmp_path: Path) -> None:
    """After an answer `sys.modules` of the server has no torch, although it is installed."""
    imported = services.imported_by_serving(seed_index, QUESTION, tmp_path / "modules.txt")
    assert {"semsearch", "onnxruntime", "fastapi"} <= imported
    assert imported.intersection(services.HEAVY) == set()


@pytest.mark.model
def test_reranking_imports_nothing_heavy_either(reranked_index: Path, tmp_path: Path) -> None:
    """The reranker answers from the index folder on ONNX Runtime alone."""
    imported = services.imported_by_serving(
        reranked_index, "dough in a basket", tmp_path / "modules.txt"
    )
    assert {"semsearch", "onnxruntime", "tokenizers"} <= imported
    assert imported.intersection(services.HEAVY) == set()


def _copy_from_checkout(stage: Stage, folder: Path) -> None:
    """Do what the COPY instructions of a stage say about files of the checkout."""
    ignored = shutil.ignore_patterns("__pycache__", "*.pyc")
    for copy in stage.copies:
        for source in copy.sources if copy.stage is None else ():
            to = folder / copy.to / Path(source).name if copy.to.endswith("/") else folder / copy.to
            to.parent.mkdir(parents=True, exist_ok=True)
            if (PROJECT / source).is_dir():
                shutil.copytree(PROJECT / source, to, ignore=ignored)
            else:
                shutil.copyfile(PROJECT / source, to)


def _run_pip(programs: Path, folder: Path, command: list[str]) -> None:
    """Run a pip command of the Dockerfile for the environment: our pip, its interpreter."""
    arguments: list[str] = []
    for word in command[1:]:  # as a shell would
        arguments += map(str, folder.glob(word)) if "*" in word else [word]
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--python", str(programs / "python"), *arguments],
        cwd=folder,
        env=_plain_environment() | {"PIP_RETRIES": "1", "PIP_NO_COMPILE": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=INSTALL_LIMIT_S,
        check=False,
    )
    if "after connection broken by" in done.stdout and done.returncode:
        pytest.skip("no package index can be reached")
    assert done.returncode == 0, done.stdout[-3000:]


def _health_check(stage: Stage, programs: Path, port: int) -> int:
    """Run the command of the HEALTHCHECK and return its exit code."""
    program, *arguments = stage.health_check
    done = subprocess.run(
        [str(programs / program), *arguments],
        env=_plain_environment() | {"SEMSEARCH_PORT": str(port)},
        capture_output=True,
        timeout=30,
        check=False,
    )
    return done.returncode


def _plain_environment() -> dict[str, str]:
    """Return the environment without what would lend modules or settings to a program."""
    lent = ("PYTHON", "SEMSEARCH_")
    return {name: value for name, value in os.environ.items() if not name.startswith(lent)}


def _contents(folder: Path) -> dict[str, str]:
    """Return the hash of every file below a folder."""
    files = (file for file in sorted(folder.rglob("*")) if file.is_file())
    return {str(f.relative_to(folder)): hashlib.sha256(f.read_bytes()).hexdigest() for f in files}
