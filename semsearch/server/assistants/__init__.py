"""Model Context Protocol: tools by which assistants ask a glossary, over stdio and HTTP."""
