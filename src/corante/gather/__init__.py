"""The gather room: feeds are asked when they are due, and what is new in them becomes articles.

Its door: `due` and `work` for the worker; `find_feeds`, `add_feed`, `add_site`, `import_opml` and `export_opml` for the
commands and the desk.
"""

from .adding import NotFound, add_feed, add_site, find_feeds, find_pieces
from .lists import Imported, export_opml, import_opml
from .polling import due, work
from .thinning import thin

__all__ = [
    "Imported",
    "NotFound",
    "add_feed",
    "add_site",
    "due",
    "export_opml",
    "find_feeds",
    "find_pieces",
    "import_opml",
    "thin",
    "work",
]
