"""Readers of marked-up text: lists of terms in AsciiDoc and MediaWiki, commands of LaTeX."""
