"""Hostile input: every naughty string and payload through each door, and poison of our own making.

Rule: what is refused with a reason is fine. `hostile.uncaught` counts documents at which a parser or our own code raised
what nobody expected (also where the sandbox caught it), `hostile.over_deadline` those that used up their time. Each string
stands in title, author, text, address and guid of a feed (escaped, and raw as careless outlets have it), in the same
places of an article's page, and in the sign-up form; what comes out of a feed is written to a database of its own.
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import tempfile
import traceback
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TOGETHER = 40
RAW_TOGETHER = 8
BASE = "https://outlet.example/"


def evaluate(data: Path) -> dict[str, float]:
    """The hostile.* keys, found in a process with a site of its own; nothing when the sets are not in `data`."""
    if not list(data.glob("hostile/*.json")):
        return {}
    with tempfile.TemporaryDirectory(prefix="corante-hostile-") as folder:
        (Path(folder) / "corante.toml").write_text(
            'title = "Hostile"\nbase_url = "http://127.0.0.1:8000"\nallow_network = ["127.0.0.0/8"]\n'
        )
        env = os.environ | {"CORANTE_DIR": folder, "DJANGO_SETTINGS_MODULE": "corante.project.settings"}
        asked = [sys.executable, "-m", "bench.eval_hostile", str(data)]
        done = subprocess.run(asked, env=env, stdout=subprocess.PIPE, text=True, check=True)
    print(done.stdout[: done.stdout.rstrip().rfind("\n")])
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def main(data: Path) -> None:
    """In that process: prints what failed, then the figures as JSON."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    strings = [str(one) for file in sorted(data.glob("hostile/*.json")) for one in json.loads(file.read_text()) if one]
    tally = Counter[str]()
    with ThreadPoolExecutor(4) as threads:
        for name, kind, why in threads.map(_tried, _jobs(strings)):
            tally[kind] += 1
            if kind in ("uncaught", "over_deadline"):
                print(f"{kind}: {name}: {why}")
    for name, kind, why in (*_stored(strings), *_signed_up(strings), *_fetched()):
        tally[kind] += 1
        if kind in ("uncaught", "over_deadline"):
            print(f"{kind}: {name}: {why}")
    print(f"{sum(tally.values())} documents, {tally['refused']} refused, {len(strings)} strings")
    print(json.dumps({f"hostile.{kind}": float(tally[kind]) for kind in ("uncaught", "over_deadline")}))


_Job = tuple[str, Callable[[], Any]]
_Result = tuple[str, str, str]


def _jobs(strings: list[str]) -> Iterator[_Job]:
    """Everything that goes through the sandbox."""
    from corante.sandbox import doors

    for name, make, body in poison():
        door = getattr(doors, make)
        yield f"poison {name} ({make})", _call(door, body, make)
    for n, one in enumerate(strings):
        yield f"page {n} {one[:60]!r}", lambda one=one: _read(one)  # type: ignore[misc]
    for at in range(0, len(strings), RAW_TOGETHER):
        yield f"raw feed {at}", _call(doors.feed, feed(strings[at : at + RAW_TOGETHER], raw=True), "feed")


def _call(door: Callable[..., Any], body: bytes, make: str) -> Callable[[], Any]:
    if make == "outlines":
        return lambda: door(body)
    if make == "fragment":
        return lambda: door(body.decode("utf-8", "replace"), BASE)
    return lambda: door(body, BASE, "text/html") if make == "page" else door(body, "text/xml", BASE)


def _tried(job: _Job) -> _Result:
    from corante.sandbox.pool import Poisoned

    name, work = job
    try:
        work()
    except Poisoned as poisoned:
        kinds = {"refused": "refused", "deadline": "over_deadline"}
        return name, kinds.get(poisoned.kind, "uncaught"), f"{poisoned.kind}: {poisoned}"
    except Exception:
        return name, "uncaught", traceback.format_exc(limit=-3)
    return name, "read", ""


def _read(one: str) -> None:
    """A page with the string in every place, to the excerpt."""
    from corante.core.excerpts import Limits
    from corante.core.readings import Told, compose
    from corante.sandbox import doors

    read = doors.page(page(one), BASE, "text/html")
    compose(Told(one[:500], one, one, "", None), read, None, Limits(80), NOW)


def _stored(strings: list[str]) -> Iterator[_Result]:
    """Feeds of many strings, escaped as an honest outlet would, read and written to the database."""
    from corante.core.discovery import Candidate
    from corante.gather import add_feed
    from corante.gather.writing import write
    from corante.sandbox import doors

    row = add_feed(Candidate(f"{BASE}feed.xml", "Outlet", "rss", 0, "", BASE), NOW)
    row.imported_at = NOW
    for at in range(0, len(strings), TOGETHER):
        some = strings[at : at + TOGETHER]
        yield _tried(
            (f"stored feed {at}", lambda some=some: write(  # type: ignore[misc]
                row, doors.feed(feed(some), "text/xml", BASE), NOW, timedelta(hours=48)))
        )  # fmt: skip


def _signed_up(strings: list[str]) -> Iterator[_Result]:
    """The form, with the string as the whole address and as the part before the @."""
    from corante.core.mailboxes import NotAnAddress
    from corante.subscribe import ask

    def asked(address: str, page_of: str) -> None:
        try:
            ask(address, page_of, "network", NOW)
        except NotAnAddress:
            return

    for n, one in enumerate(strings):
        yield _tried((f"form {n} {one[:60]!r}", lambda one=one: asked(one, one)))  # type: ignore[misc]
        yield _tried((f"form {n} {one[:60]!r}@", lambda one=one: asked(f"{one}@reader.example", "/")))  # type: ignore[misc]


def _fetched() -> Iterator[_Result]:
    """Bombs on the wire: small as sent, huge as unpacked."""
    import brotli
    from django.conf import settings
    from tests.fakes.outlets import Outlets, Reply

    from corante.core.feeds import Outcome
    from corante.net.client import Request, close_all, fetch_one

    zeros = bytes(256 * 2**20)
    bombs = {
        "gzip": gzip.compress(zeros, 1),
        "deflate": zlib.compress(zeros, 1),
        "br": brotli.compress(zeros, quality=1),  # type: ignore[no-untyped-call]
    }
    with Outlets() as outlets:
        for encoding, body in bombs.items():
            outlets["/" + encoding] = Reply(body, headers={"Content-Encoding": encoding})
            answer = fetch_one(settings.CORANTE, Request(outlets.url("/" + encoding)))
            fine = answer.outcome is Outcome.TOO_LARGE
            yield f"bomb {encoding}", "refused" if fine else "uncaught", answer.detail
    close_all()


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


if __name__ == "__main__":
    main(Path(sys.argv[1]))
