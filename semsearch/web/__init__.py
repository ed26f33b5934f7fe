"""HTML and Markdown pages from plain data.

It knows neither HTTP nor an index, so that the service and a static site share the pages.
"""

from semsearch.web.render import Site, render

__all__ = ["Site", "render"]
