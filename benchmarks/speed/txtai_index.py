"""Build txtai's index of texts for its API; runs in txtai's own virtual environment.

    build/txtai/bin/python benchmarks/speed/txtai_index.py MODEL FOLDER < texts.json

FOLDER gets `index` and `config.yml`, which the variable CONFIG names to the API.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from txtai import Embeddings


def main() -> None:
    """Embed the texts of a JSON list and save the index."""
    model, folder = sys.argv[1], Path(sys.argv[2])
    embeddings = Embeddings(path=model, content=True)
    embeddings.index(json.load(sys.stdin))
    embeddings.save(str(folder / "index"))
    # JSON is YAML, and needs no other library; without "embeddings" the API has no route to search
    config = {"path": str(folder / "index"), "embeddings": {"path": model, "content": True}}
    (folder / "config.yml").write_text(json.dumps(config))


if __name__ == "__main__":
    main()
