"""Readers of plain text: terms on lines of their own, before definitions, or in quotation marks."""
