"""The gather room: feeds are asked when they are due, and what is new in them becomes articles.

Its whole door. For the worker: `due`, `work`, `thin`. For commands and desk, looking: `find_feeds`, `find_pieces`,
`preview`, `suggest`, `find_doubles`, `distrusted`. Adding: `add_site`, `add_feed`, `import_opml`, `export_opml`. An admin's acts, each
in the log: `change`, `take_down`, `bring_back`, `pause`, `resume`, `join_feeds`, `undo`; and those that leave no trace:
`fetch_now`, `release`. Documents that hubs push, and asking hubs to, have doors of their own: `pushes` and `wires`.
"""

from corante.models.deeds import Conflict

from .acts import UNDOABLE, bring_back, change, take_down, undo
from .adding import add_feed, add_site, feed_at
from .doubles import Double, find_doubles
from .doubting import distrusted
from .finding import NotFound, find_feeds
from .lists import Imported, export_opml, import_opml
from .pausing import fetch_now, join_feeds, pause, release, resume
from .picking import find_pieces, preview, suggest
from .polling import due, work
from .thinning import thin

__all__ = [
    "UNDOABLE",
    "Conflict",
    "Double",
    "Imported",
    "NotFound",
    "add_feed",
    "add_site",
    "bring_back",
    "change",
    "distrusted",
    "due",
    "export_opml",
    "feed_at",
    "fetch_now",
    "find_doubles",
    "find_feeds",
    "find_pieces",
    "import_opml",
    "join_feeds",
    "pause",
    "preview",
    "release",
    "resume",
    "suggest",
    "take_down",
    "thin",
    "undo",
    "work",
]
