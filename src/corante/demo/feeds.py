"""What the pretend outlets' feeds say, in the four formats outlets really use.

Rule: feeds are written by hand, without a library, because real outlets' feeds are too; one outlet's is broken
on purpose, the way real ones break.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr

from .world import Piece, PretendOutlet

TYPES = {
    "rss2": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "rss1": "application/rdf+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
}


def render_feed(outlet: PretendOutlet, home: str, now: datetime) -> str:
    """The outlet's feed at `now`; `home` is its front page's address, ending in a slash."""
    pieces = outlet.out(now)
    text = {"rss2": _rss2, "atom": _atom, "rss1": _rss1, "json": _json}[outlet.feed](outlet, home, pieces)
    return _break(text) if outlet.manner == "broken" else text


def link(outlet: PretendOutlet, home: str, piece: Piece) -> str:
    """A piece's address as the feed gives it; one outlet counts its feed's readers, as many do."""
    tracked = "?utm_source=feed&utm_medium=rss" if outlet.slug == "harbour-post" else ""
    return f"{home}{piece.slug}{tracked}"


def _summary(outlet: PretendOutlet, piece: Piece) -> str:
    return "" if outlet.manner == "headlines" else piece.summary


def _rss2(outlet: PretendOutlet, home: str, pieces: Sequence[Piece]) -> str:
    items = "".join(
        f"""
  <item>
    <title>{escape(piece.title)}</title>
    <link>{escape(link(outlet, home, piece))}</link>
    <guid isPermaLink="false">{outlet.slug}:{piece.slug}</guid>
    <pubDate>{format_datetime(piece.at)}</pubDate>
    <dc:creator>{escape(piece.author)}</dc:creator>
    <category>{escape(piece.section)}</category>
    <description>{escape(_summary(outlet, piece))}</description>
  </item>"""
        for piece in pieces
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom">
<channel>
  <title>{escape(outlet.name)}</title>
  <link>{home}</link>
  <atom:link rel="self" href="{home}{outlet.feed_name}" type="application/rss+xml"/>
  <description>{escape(outlet.motto)}</description>
  <language>{outlet.language}</language>
  <ttl>1</ttl>{items}
</channel>
</rss>
"""


def _atom(outlet: PretendOutlet, home: str, pieces: Sequence[Piece]) -> str:
    updated = max((_changed(piece) for piece in pieces), default=None)
    entries = "".join(
        f"""
  <entry>
    <title>{escape(piece.title)}</title>
    <link rel="alternate" type="text/html" href={quoteattr(link(outlet, home, piece))}/>
    <id>tag:pretend.invalid,2026:{outlet.slug}/{piece.slug}</id>
    <published>{piece.at.isoformat()}</published>
    <updated>{_changed(piece).isoformat()}</updated>
    <author><name>{escape(piece.author)}</name></author>
    <category term={quoteattr(piece.section)}/>
    <summary type="html">{escape(f"<p>{escape(_summary(outlet, piece))}</p>")}</summary>
  </entry>"""
        for piece in pieces
    )
    return f"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{outlet.language}">
  <title>{escape(outlet.name)}</title>
  <subtitle>{escape(outlet.motto)}</subtitle>
  <link rel="alternate" type="text/html" href="{home}"/>
  <link rel="self" href="{home}{outlet.feed_name}"/>
  <id>tag:pretend.invalid,2026:{outlet.slug}</id>
  <updated>{updated.isoformat() if updated else "1970-01-01T00:00:00Z"}</updated>{entries}
</feed>
"""


def _rss1(outlet: PretendOutlet, home: str, pieces: Sequence[Piece]) -> str:
    order = "".join(f"<rdf:li rdf:resource={quoteattr(home + piece.slug)}/>" for piece in pieces)
    items = "".join(
        f"""
<item rdf:about={quoteattr(home + piece.slug)}>
  <title>{escape(piece.title)}</title>
  <link>{escape(link(outlet, home, piece))}</link>
  <description>{escape(_summary(outlet, piece))}</description>
  <dc:creator>{escape(piece.author)}</dc:creator>
  <dc:date>{piece.at.isoformat()}</dc:date>
</item>"""
        for piece in pieces
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="{home}">
  <title>{escape(outlet.name)}</title>
  <link>{home}</link>
  <description>{escape(outlet.motto)}</description>
  <dc:language>{outlet.language}</dc:language>
  <items><rdf:Seq>{order}</rdf:Seq></items>
</channel>{items}
</rdf:RDF>
"""


def _json(outlet: PretendOutlet, home: str, pieces: Sequence[Piece]) -> str:
    items = [
        {
            "id": f"{home}{piece.slug}",
            "url": link(outlet, home, piece),
            "title": piece.title,
            "date_published": piece.at.isoformat(),
            "authors": [{"name": piece.author}],
            "tags": [piece.section] if piece.section else [],
            "language": outlet.language,
            **_json_text(outlet, piece),
        }
        for piece in pieces
    ]
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.name,
        "home_page_url": home,
        "feed_url": home + outlet.feed_name,
        "description": outlet.motto,
        "language": outlet.language,
        "items": items,
    }
    return json.dumps(feed, ensure_ascii=False, indent=1)


def _json_text(outlet: PretendOutlet, piece: Piece) -> dict[str, str]:
    if outlet.manner == "full":
        return {"content_html": "".join(f"<p>{escape(text)}</p>" for text in piece.paragraphs)}
    return {"summary": _summary(outlet, piece)}


def _changed(piece: Piece) -> datetime:
    """When the piece last changed: only a corrected one carries its correction's title."""
    correction = piece.correction
    return correction.at if correction and piece.title == correction.title else piece.at


def _break(text: str) -> str:
    """A bare ampersand, an entity XML does not know, and an end that never comes: readable, not well-formed."""
    head, body = text.split("<language>", 1)
    head = head.replace("&amp;", "&").replace("</description>", "&nbsp;&copy;</description>")
    return f"{head}<language>{body}".removesuffix("</channel>\n</rss>\n")
