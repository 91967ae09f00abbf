"""Documents no outlet sends by accident: strings in every place of a feed and a page, and poison of our own making."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape

BASE = "https://outlet.example/"


def feed(strings: Iterable[str], raw: bool = False) -> bytes:
    """An RSS feed with an item for each string, which stands in all its places."""
    form = (lambda text: text) if raw else escape
    items = "".join(
        f"<item><title>{form(s)}</title><dc:creator>{form(s)}</dc:creator><link>{form(s)}</link><guid>{form(s)}</guid>"
        f"<description>{form(s)}</description><content:encoded>{form(s)}</content:encoded></item>"
        f"<item><title>{form(s)}</title><link>{BASE}{form(s)}</link><guid>{n}</guid></item>"
        for n, s in enumerate(strings)
    )
    names = 'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    return f'<rss version="2.0" {names}><channel><title>Outlet</title>{items}</channel></rss>'.encode(
        "utf-8", "replace"
    )


def page(one: str) -> bytes:
    """An article's page with the string in all its places, unescaped."""
    lead = "The harbour council voted nine to four to raise the sea wall by a metre before the winter. " * 4
    told = json.dumps(
        {"@type": "NewsArticle", "headline": one, "author": {"name": one}, "articleBody": one, "url": one}
    )
    return (
        f'<html lang="{one}"><head><title>{one}</title><meta name="author" content="{one}"><link rel="canonical" href="{one}">'
        f'<meta property="og:title" content="{one}"><script type="application/ld+json">{told}</script></head><body>'
        f"<article><h1>{one}</h1><p>{lead}</p><p>{one}</p><p>{lead}</p></article></body></html>"
    ).encode("utf-8", "replace")


def poison() -> Iterator[tuple[str, str, bytes]]:
    """What no outlet sends by accident: name, door, document."""
    rss, end = b'<rss version="2.0"><channel><title>x</title>', b"</channel></rss>"
    laughs = b"<!DOCTYPE r [<!ENTITY a0 'ha'>" + b"".join(
        b"<!ENTITY a%d '%s'>" % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12)
    )
    quadratic = b"<!DOCTYPE r [<!ENTITY a '" + b"x" * 100_000 + b"'>]>"
    outside = b'<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    item = b"<item><title>%s</title><link>https://h.example/%d</link></item>"
    attributes = b"".join(b' a%d="b"' % n for n in range(100_000))
    for name, body in {
        "billion laughs": laughs + b"]>" + rss + item % (b"&a11;", 1) + end,
        "quadratic entity": quadratic + rss + item % (b"&a;" * 50_000, 1) + end,
        "a file from outside": outside + rss + item % (b"&a;", 1) + end,
        "100,000 deep": rss + b"<item>" * 100_000,
        "250 deep, often": rss + (b"<b>" * 250 + b"</b>" * 250) * 2_000 + end,
        "100,000 attributes": rss + b"<item" + attributes + b">",
        "490 attributes, often": rss + (b"<item" + attributes[:4_500] + b"/>") * 1_500 + end,
        "200,000 items": rss + b"".join(item % (b"x", n) for n in range(100_000))[: 8 * 2**20 - 100] + end,
        "200,000 empty items": rss + b"<item/>" * 200_000 + end,
        "2 million < in CDATA": rss + b"<item><title><![CDATA[" + b"<" * 2_000_000 + b"]]></title></item>" + end,
        "2 million &": rss + b"<item><title>" + b"&" * 2_000_000 + b"</title></item>" + end,
        "2 million ]": rss + b"<item><title>" + b"]" * 2_000_000 + b"</title></item>" + end,
        "comments never closed": rss + b"<!--" * 1_000_000,
        "CDATA never closed": rss + b"<![CDATA[" * 500_000,
        "a title of 8 MB": rss + item % (b"x" * (8 * 2**20 - 200), 1) + end,
        "NUL": b"\0" * 2**20,
        "deep JSON": b'{"version":"https://jsonfeed.org/version/1.1","items":' + b"[" * 1_000_000,
        "one number": b'{"version":"https://jsonfeed.org/version/1.1","items":[{"id":' + b"9" * 2_000_000 + b"}]}",
        "entities in a declaration": b"<?xml version='1.0' encoding='" + b"utf-" * 100_000 + b"'?>" + rss + end,
        "UTF-7": b"<?xml version='1.0' encoding='utf-7'?>+ADw-rss+AD4-",
        "a broken UTF-16": b"\xff\xfe" + b"\x00\xd8" * 500_000,
    }.items():  # fmt: skip
        yield name, "feed", body
    for name, body in {
        "100,000 deep": b"<html><body>" + b"<div>" * 100_000,
        "255 deep, often": b"<html><body>" + (b"<div>" * 250 + b"x" + b"</div>" * 250) * 1_000,
        "bold never closed": b"<html><body>" + b"<b><i><p>x" * 60_000,
        "100,000 attributes": b"<html><body" + attributes + b">",
        "490 attributes, often": b"<html>" + (b"<p" + attributes[:4_500] + b">x") * 900,
        "billion laughs": laughs + b"]><html><body>&a11;",
        "2 MB of short paragraphs": b"<html><body><article>" + b"<p>A word. " * 190_000,
        "2 MB of one paragraph": b"<html><body><article><p>" + b"word. " * 350_000,
        "2 MB of one word": b"<html><body><article><p>" + b"w" * 2_000_000,
        "2 MB of blanks": b"<html><body><article><p>a" + b" " * 2_000_000 + b"b",
        "2 MB of links": b"<html><body><article>" + b"<p><a href=/x>a link</a>" * 80_000,
        "2 MB of line breaks": b"<html><body><article><p>" + b"a<br>" * 400_000,
        "2 MB of quotes": b"<html><body><article><p>" + b"\xe2\x80\x9c" * 700_000,
        "2 MB of table": b"<html><body><article><table>" + b"<tr><td>x" * 220_000,
        "2 MB of list": b"<html><body><article><ul>" + b"<li>x" * 400_000,
        "40,000 times": b"<html><body>" + b"<time datetime=2026-11-22 pubdate>x</time>" * 40_000,
        "40,000 authors": b"<html>" + b"<meta name=author content='A. Writer'>" * 40_000,
        "deep JSON-LD": b"<html><script type='application/ld+json'>" + b"[" * 500_000 + b"</script>",
        "much JSON-LD": b"<html>" + b"<script type='application/ld+json'>{\"@type\":\"Article\"}</script>" * 40_000,
        "scripts never closed": b"<html>" + b"<script>" * 300_000,
        "4 MB of <": b"<" * (4 * 2**20),
        "4 MB of quotes in a tag": b"<p a" + b"='" * (2 * 2**20 - 10),
        "numbers": b"<html><body><p>" + b"&#x110000;&#0;&#xD800;" * 80_000,
    }.items():  # fmt: skip
        yield name, "page", body
        yield name, "fragment", body
        yield name, "suggestions", body
    card = b"<div class='card big'><h2 class=h><a class=link href=/%d>three words here and one</a></h2></div>"
    yield "6,000 headlines", "suggestions", b"<html><body>" + b"".join(card % n for n in range(6_000))
    for name, body in {
        "180,000 pages": b"<urlset>" + b"<url><loc>https://h.example/a-b-c</loc></url>" * 180_000 + b"</urlset>",
        "pages in pages": b"<urlset>" + (b"<url>" * 100 + b"</url>" * 100) * 2_800,
        "100,000 sitemaps": b"<sitemapindex>" + b"<sitemap><loc>https://h.example/a</loc></sitemap>" * 100_000,
    }.items():
        yield name, "feed", body
    yield "billion laughs", "outlines", laughs + b']><opml><body><outline xmlUrl="&a11;"/></body></opml>'
    yield "200,000 outlines", "outlines", b"<opml><body>" + b"<outline xmlUrl='http://h.example/'/>" * 200_000
    yield "100,000 deep", "outlines", b"<opml><body>" + b"<outline text='x'>" * 100_000
    yield "2 MB of links", "front_page", b"<html>" + b"<a href=/rss.xml>rss</a>" * 80_000
