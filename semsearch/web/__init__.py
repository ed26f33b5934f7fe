"""The pages as HTML: nouns in, markup out. No HTTP here, so that a static site can be made of the same pages."""

from semsearch.web.render import Site, render

__all__ = ["Site", "render"]
