"""Creates keys in its own process: `python -m tests.server.creating_keys FILE COUNT`."""

from __future__ import annotations

import sys
from pathlib import Path

from semsearch.server.auth.key_store import KeyStore
from semsearch.server.auth.keys import KeyScope, utc_now


def main() -> None:
    """Say that it is ready, wait for a line, then make the keys."""
    store = KeyStore(Path(sys.argv[1]))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    for n in range(int(sys.argv[2])):
        _, secret = store.create(name=f"key {n}", scope=KeyScope.EDIT, now=utc_now())
        sys.stdout.write(secret.text + "\n")


if __name__ == "__main__":
    main()
