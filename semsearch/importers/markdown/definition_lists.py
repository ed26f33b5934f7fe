"""Stacked definition lists: several terms on lines of their own above one `: definition`.

The Markdown parser knows one term per definition only. Here the upper terms are taken out of
the source and remembered by the line of the lowest, which the parser then reads; lines keep
their numbers.
"""

from __future__ import annotations

from semsearch.importers.markdown.blocks import Blocks, parse_blocks

Stacks = dict[int, list[str]]
"""For the line (from 0) of a term, the terms stacked above it, topmost first."""


def parse_with_stacks(markdown: str) -> tuple[Blocks, Stacks]:
    """Parse Markdown whose definition lists may have stacked terms.

    Args:
        markdown: the source.

    Returns:
        Its blocks, in which each definition has one term, and the terms taken out above it.
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
