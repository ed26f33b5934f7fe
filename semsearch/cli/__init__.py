"""The command line: puts the commands together, and turns errors into messages and exit codes.

Exit codes, for scripts:

    0  done; for `ask`: a close match was found
    1  `ask`: no close match (`ask -` reports it in each line instead);
       `evaluate --fail-on-drop`: a measure dropped;
       `calibrate`: nothing stored, since confidence would not improve;
       `lint`: findings at or above `--fail-on`; `diff --exit-code`: something differs
    2  the question, an argument, an entry or a source file is invalid, or the entry is unknown
       or was changed meanwhile
    3  the index is missing, damaged, busy, of another encoder, or cannot be written;
       `doctor`: an error was found
    4  the encoder or an installed library is unusable
    5  `follow`: the followed service refuses, or does not answer `--once`
   70  a bug, with a traceback
"""

from __future__ import annotations

import os
import sys
import traceback

from semsearch.cli import (
    annotate,
    ask,
    backup,
    browse,
    build,
    build_options,
    copy,
    diff,
    doctor,
    edit,
    evaluate,
    export,
    follow,
    gaps,
    info,
    keys,
    lint,
    mcp,
    picture,
    purge,
    schema,
    serve,
    store,
    teach,
    upgrade,
)
from semsearch.cli.output.printable import printable
from semsearch.cli.root import app
from semsearch.core import errors

app.add_typer(build.app)
app.add_typer(ask.app)
app.add_typer(info.app)
app.add_typer(evaluate.app)
app.add_typer(picture.app)
app.add_typer(build_options.app)
app.add_typer(browse.app)
app.add_typer(copy.app)
app.add_typer(store.app)
app.add_typer(serve.app)
app.add_typer(mcp.app)
app.add_typer(lint.app)
app.add_typer(diff.app)
app.add_typer(export.app)
app.add_typer(follow.app)
app.add_typer(annotate.app)
app.add_typer(edit.app)
app.add_typer(teach.app)
app.add_typer(backup.app)
app.add_typer(upgrade.app)
app.add_typer(doctor.app)
app.add_typer(schema.app)
app.add_typer(purge.app)
app.add_typer(gaps.app)
app.add_typer(keys.app)

_EXIT_CODES: tuple[tuple[type[errors.SemsearchError], int], ...] = (
    (errors.StoredIndexError, 3),
    (errors.SourceFailed, 5),
    (errors.EncoderError, 4),
    (errors.EngineError, 4),
    (errors.MissingExtra, 4),
    (errors.SemsearchError, 2),
)


def main() -> None:
    """Run the command line; an expected error prints one line and sets the exit code."""
    _limit_native_threads()
    try:
        app()
    except errors.SemsearchError as error:
        print(f"semsearch: {printable(str(error))}", file=sys.stderr)  # noqa: T201 - the edge
        sys.exit(next(code for kind, code in _EXIT_CODES if isinstance(error, kind)))
    except Exception:
        traceback.print_exc()
        sys.exit(70)  # EX_SOFTWARE of sysexits.h; distinct from 1, "no close match"


def _limit_native_threads() -> None:
    """Limit NumPy's OpenBLAS to one thread, and let OpenMP's threads sleep while they wait.

    Neither is loaded yet. Waiting threads of OpenBLAS take processor time from ONNX Runtime and the
    event loop: a question over HTTP took 7 to 9 ms with them and 6 without (`make bench`). OpenMP
    lays out the map of a build; while its threads spun, a build took up to 40 % more processor
    time. What the user has set is kept.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
