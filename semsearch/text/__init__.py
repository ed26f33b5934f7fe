"""What words say: normalising, stems, names, links, mentions, passages, spelling, language tags."""
