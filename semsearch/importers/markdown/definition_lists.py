"""Definition lists with several terms: consecutive lines above one `: definition`.

The Markdown parser knows one term per definition. The upper terms are therefore removed from the
source and stored under the line of the lowest term, which the parser then reads. Line numbers stay.
"""

from __future__ import annotations

from semsearch.importers.markdown_syntax.blocks import Blocks, parse_blocks

Stacks = dict[int, list[str]]
"""The line (from 0) of a term, and the terms above it, topmost first."""


def parse_with_stacks(markdown: str) -> tuple[Blocks, Stacks]:
    """Parse Markdown whose definition lists may have several terms for a definition.

    Returns:
        Its blocks, with one term for each definition, and the terms removed above each.
    """
    blocks = parse_blocks(markdown)
    stacks: Stacks = {}
    lines = markdown.split("\n")
    for node in blocks.nodes:
        if node.type != "paragraph":
            continue
        start, end = node.token.map or (0, 0)
        text = [line.strip() for line in lines[start:end]]
        lowest = next((i for i, line in enumerate(text) if _is_definition(line)), 0) - 1
        if lowest > 0:
            stacks[start + lowest] = text[:lowest]
            lines[start : start + lowest] = [""] * lowest
    return (parse_blocks("\n".join(lines)), stacks) if stacks else (blocks, stacks)


def _is_definition(line: str) -> bool:
    return line[:1] in (":", "~") and line[1:2] in (" ", "\t")
