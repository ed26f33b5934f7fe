"""Commands that measure: speed, answer quality, pages, and what survives being broken."""
