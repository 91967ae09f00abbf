"""Feeds of every make and encoding, read to the same values."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from corante.core.feeds import ParsedFeed
from corante.sandbox import discovery, feeds, opml
from corante.sandbox.decoding import decode
from corante.sandbox.plain import plain, title
from corante.sandbox.prescan import MAX_TAG, Refused, prescan
from tests.fakes.outlets import HEAD, item, rss

URL = "https://h.example/feed.xml"
AT = datetime(2026, 11, 22, 7, tzinfo=UTC)


def read(body: str | bytes, content_type: str = "") -> ParsedFeed:
    return feeds.read(body if isinstance(body, bytes) else body.encode(), content_type, URL)


MAKES = {
    "rss": (
        f'{HEAD}<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Post</title><link>https://h.example/</link>'
        "<language>de</language><ttl>90</ttl><item><title>Küste</title><link>/a</link><guid>g1</guid>"
        "<pubDate>Sun, 22 Nov 2026 07:00:00 GMT</pubDate><dc:creator>Ada</dc:creator></item></channel></rss>"
    ),
    "atom": (
        f'{HEAD}<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title>Post</title><link href="https://h.example/"/>'
        '<entry><id>g1</id><title type="html">K&amp;uuml;ste</title><link rel="self" href="/self"/><link href="/a"/>'
        "<published>2026-11-22T08:00:00+01:00</published><author><name>Ada</name></author></entry></feed>"
    ),
    "rdf": (
        f'{HEAD}<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://h.example/"><title>Post</title>'
        "<link>https://h.example/</link><dc:language>de</dc:language></channel>"
        '<item rdf:about="g1"><title>Küste</title><link>/a</link><dc:date>2026-11-22T07:00:00Z</dc:date>'
        "<dc:creator>Ada</dc:creator></item></rdf:RDF>"
    ),
    "json": json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": "Post",
            "home_page_url": "https://h.example/",
            "language": "de",
            "items": [
                {
                    "id": "g1",
                    "url": "/a",
                    "title": "Küste",
                    "content_text": "Text",
                    "date_published": "2026-11-22T07:00:00Z",
                    "authors": [{"name": "Ada"}],
                }
            ],
        }
    ),
}


@pytest.mark.parametrize("kind", MAKES)
def test_every_make_of_feed_is_read_to_the_same_values(kind: str) -> None:
    parsed = read(MAKES[kind])
    (entry,) = parsed.entries
    assert (parsed.kind, parsed.title, parsed.home_url, parsed.language) == (kind, "Post", "https://h.example/", "de")
    assert (entry.url, entry.title, entry.published) == ("https://h.example/a", "Küste", AT)
    assert (entry.guid, entry.author) == ("g1", "Ada")


def test_what_the_outlet_wishes_is_read_from_the_head() -> None:
    assert read(MAKES["rss"]).ttl_s == 5400


def test_a_news_sitemap_is_a_feed() -> None:
    parsed = read(
        f'{HEAD}<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">'
        "<url><loc>https://h.example/a</loc><news:news><news:publication><news:name>Post</news:name><news:language>de</news:language>"
        "</news:publication><news:publication_date>2026-11-22T07:00:00Z</news:publication_date><news:title>Küste</news:title></news:news></url></urlset>"
    )
    assert (parsed.kind, parsed.title, parsed.language) == ("sitemap", "Post", "de")
    assert [(e.url, e.title, e.published) for e in parsed.entries] == [("https://h.example/a", "Küste", AT)]


BROKEN = {
    "cut off": rss(item("One", "/1", "1"), item("Two", "/2", "2"))[:-40],
    "a bare ampersand": rss(item("One", "/1", "1")).replace(b"One", b"Bread & butter"),
    "a named character": rss(item("One", "/1", "1")).replace(b"One", b"Bread&nbsp;&ndash;&hellip;"),
    "an unclosed tag": rss(item("One", "/1", "1")).replace(b"</guid>", b""),
    "a control character": rss(item("One", "/1", "1")).replace(b"One", b"O\x0bne"),
    "space before the declaration": b"\n  \n" + rss(item("One", "/1", "1")),
    "junk before it": b"<br>\nWarning: mysql\n" + rss(item("One", "/1", "1")),
    "html unescaped in it": rss(
        item("One", "/1", "1").replace("</item>", "<description>a <b>b<br> c</description></item>")
    ),
    "no declared namespace": rss(item("One", "/1", "1")).replace(b"<guid", b"<media:thumbnail url='x'/><guid"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_xml_still_gives_its_entries(name: str) -> None:
    found = read(BROKEN[name]).entries
    assert found
    assert found[0].url == "https://h.example/1"
    assert found[0].title.startswith(("One", "Bread &", "Bread\xa0–…", "Bread –…"))


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("utf-8", "Grüße 北京 Москва"),
        ("utf-16", "Grüße 北京 Москва"),
        ("windows-1251", "Москва сегодня"),
        ("koi8-r", "Москва сегодня"),
        ("iso-8859-1", "Grüße “quoted”".replace("“", "").replace("”", "")),
        ("gb2312", "北京新闻"),
        ("gb18030", "北京新闻"),
        ("big5", "台北新聞"),
        ("shift_jis", "東京ニュース"),
        ("euc-jp", "東京ニュース"),
        ("euc-kr", "서울 뉴스"),
        ("iso-8859-8", "חדשות"),
        ("windows-1256", "أخبار"),
        ("iso-2022-jp", "東京ニュース"),
        ("iso-2022-kr", "서울 뉴스"),
        ("hz", "北京新闻"),
        ("utf-16-le", "Grüße 北京"),
    ],
)
def test_an_encoding_is_read_as_declared_inside_or_outside(encoding: str, words: str) -> None:
    inside = rss(item(words, "/1", "1")).decode().replace("utf-8", encoding).encode(encoding)
    assert read(inside).entries[0].title == words
    outside = rss(item(words, "/1", "1")).decode().replace(' encoding="utf-8"', "").encode(encoding)
    assert read(outside, f"text/xml; charset={encoding}").entries[0].title == words


@pytest.mark.parametrize(
    ("label", "codec", "words"),
    [
        ("windows-31j", "cp932", "①東京"),
        ("x-sjis", "shift_jis", "東京"),
        ("windows-949", "cp949", "똠방"),
        ("gb_2312-80", "gb18030", "北京"),
        ("cn-big5", "big5", "台北"),
        ("x-mac-roman", "mac_roman", "Grüße"),
        ("csmacintosh", "mac_roman", "Grüße"),
        ("koi8-ru", "koi8-u", "Київ"),
        ("iso-8859-8-i", "iso8859-8", "חדשות"),
        ("ISO88592", "iso8859-2", "Łódź"),
        ("windows-874", "cp874", "ข่าว"),
    ],
)
def test_labels_that_browsers_know_and_python_does_not_are_known(label: str, codec: str, words: str) -> None:
    document = rss(item(words, "/1", "1")).decode().replace("utf-8", label).encode(codec)
    assert read(document).entries[0].title == words


@pytest.mark.parametrize("label", ["iso-2022-jp", "hz-gb-2312"])
def test_plain_text_is_plain_whatever_encoding_of_seven_bits_it_claims(label: str) -> None:
    assert read(rss(item("Grüße ~ {", "/1", "1")).replace(b"utf-8", label.encode())).entries[0].title == "Grüße ~ {"


@pytest.mark.parametrize("label", ["unicode-escape", "utf-7", "idna", "punycode", "undefined", "zlib", "rot13", "x-x"])
def test_a_codec_that_is_no_encoding_of_documents_is_not_believed(label: str) -> None:
    document = rss(item("Gr\xfc\xdfe \\x41 +AEE-", "/1", "1")).decode().replace("utf-8", label).encode("cp1252")
    assert read(document).entries[0].title == "Grüße \\x41 +AEE-"


def test_wide_letters_are_known_by_their_zeros_where_nothing_marks_them() -> None:
    for codec in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"):
        assert decode("\n<rss>北京</rss>".encode(codec)) == "\n<rss>北京</rss>"


def test_valid_utf_8_wins_over_any_declaration() -> None:
    lying = rss(item("Grüße", "/1", "1")).replace(b"utf-8", b"iso-8859-1")
    assert read(lying, "text/xml; charset=windows-1251").entries[0].title == "Grüße"


def test_windows_letters_behind_a_latin_1_label_are_read_as_browsers_do() -> None:
    assert decode("<?xml encoding='iso-8859-1'?>“Größe”".encode("cp1252")).endswith("“Größe”")


def test_a_page_is_no_feed() -> None:
    assert read("<!doctype html><html><body><item>x</item></body></html>").kind == ""
    assert read("").kind == ""
    assert read('{"a": 1}').kind == ""


def test_a_feed_that_names_a_file_reads_no_file(tmp_path: object) -> None:
    entity = (
        f'{HEAD}<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
        + rss(item("&x;", "/1", "1")).decode()[len(HEAD) :]
    )
    host = Path("/etc/hostname").read_text().strip()
    assert all(host not in e.title for e in read(entity.replace("&amp;x;", "&x;")).entries)
    assert read("/etc/hostname").kind == ""


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("AT&amp;T", "AT&T"),
        ("AT&amp;amp;T", "AT&T"),
        ("<b>Bold</b> claim", "Bold claim"),
        ("if a < b and c > d", "if a < b and c > d"),
        ("<script>alert(1)</script>Text", "Text"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;", "<script>alert(1)</script>"),
        ("one\n two\t three", "one two three"),
        ("a\u202eb\u200bc", "abc"),
        ("5 &lt; 6", "5 < 6"),
    ],
)
def test_a_title_becomes_plain_text(markup: str, text: str) -> None:
    assert title(markup) == text


def test_paragraphs_do_not_run_together() -> None:
    assert plain("<p>One.</p><p>Two.</p>") == "One. Two."


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<rss>" + b"<a>" * 300, "nested"),
        (b"<rss><a " + b"x='1' " * 600 + b"/>", "attributes"),
        (b"<rss><a x='" + b"y" * (MAX_TAG + 1) + b"'/>", "longer"),
        (b"<rss>" + b" " * (8 * 2**20), "larger"),
    ],
)
def test_what_no_honest_outlet_sends_is_refused_before_it_is_parsed(body: bytes, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        prescan(body, "feed")


def test_an_honest_page_passes_however_long_and_careless() -> None:
    prescan(b"<!doctype html>" + b"<p>text<br><li>more" * 15_000, "page")
    prescan(b"<html>" + b"<div><a href='x'>y</a></div>" * 12_000, "page")
    prescan(b"<script>" + b"if (a<b) {'<div>'}" * 5_000 + b"</script>", "page")
    prescan(b"<rss><![CDATA[" + b"<div>" * 5_000 + b"]]></rss>", "feed")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<rss>" + b"<item/>" * 200_000, "150000 tags"),
        (b"<rss>" + b"<!--" * 100_000, "never closed"),
        (b"<rss>" + b"<![CDATA[" * 100_000, "never closed"),
    ],
)
def test_what_costs_a_parser_seconds_is_refused(body: bytes, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        prescan(body, "feed")


def test_a_feed_cut_off_within_a_section_is_still_read() -> None:
    whole = item("The sea wall is raised", "https://h.example/1", "1")
    cut = f'{HEAD}<rss version="2.0"><channel><title>Post</title>{whole}<item><title><![CDATA[The ferry'
    assert [entry.title for entry in read(cut).entries][:1] == ["The sea wall is raised"]


def test_a_quoted_value_hides_no_attribute_that_follows_it() -> None:
    many = b" x=1" * 600
    for opening in (b'<a title="1 < 2"', b"<a title='a > b'", b'<a title = "<p>"', b"<a b'c \"", b"<a t=u'v"):
        with pytest.raises(Refused, match="500 attributes"):
            prescan(b"<html>" + opening + many + b">", "page")


def test_markup_in_a_quoted_value_is_no_markup() -> None:
    prescan(b"<html><p data-embed='" + b"<div>" * 2_000 + b"'>text", "page")
    prescan(b'<html><p data-json="{&quot;a&quot;:1}' + b"<b x='1'>" * 2_000 + b'">', "page")
    with pytest.raises(Refused, match="256 deep"):
        prescan(b"<html><p data-x='a'>" + b"<div>" * 300, "page")


@pytest.mark.parametrize(
    "piece", [b"<p b='", b'<p b="', b"<p b='<p b=\"", b"<p =' ", b"='", b"<!--<p b='", b"< ", b"<?<p a="]
)
def test_a_document_of_openings_alone_is_looked_at_once(piece: bytes) -> None:
    body = piece * (2**20 // len(piece))
    with contextlib.suppress(Refused):
        prescan(body, "page")  # quadratic, this would take hours


def test_a_page_s_links_to_feeds_are_found_with_their_base() -> None:
    page = discovery.read(
        b"<html lang=de><base href='https://cdn.example/x/'><meta property='og:site_name' content='The Post'>"
        b"<link rel='alternate home' type='application/rss+xml' href='feed' title='News'><a href='/rss.xml'>RSS</a>",
        "text/html",
        "https://h.example/",
    )
    assert (page.title, page.language) == ("The Post", "de")
    assert [link.url for link in page.links] == ["https://cdn.example/x/feed", "https://cdn.example/rss.xml"]


def test_a_list_that_is_not_well_formed_is_still_read() -> None:
    body = (
        b'<opml><body><outline text="A & B" xmlUrl="https://a.example/f"><outline xmlUrl="https://b.example/f?a=1&b=2">'
    )
    assert [one.url for one in opml.read(body)] == ["https://a.example/f", "https://b.example/f?a=1&b=2"]
