"""Readers of Markdown and of its dialects: pages, MyST, Obsidian, headings, definition lists."""
