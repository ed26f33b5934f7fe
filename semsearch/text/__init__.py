"""Text analysis: normalising, stems, names, links, mentions, passages, spelling, slugs."""
