"""Write where the names of common concepts stand: `python -m tools.write_concepts`.

Run it after any change to `semsearch/text/concepts/`.
"""

from __future__ import annotations

from semsearch.text.common_questions import FOLDER, write_places

if __name__ == "__main__":
    write_places(FOLDER)
