"""Peers that read pages: {"html", "url"} to {"text"}; asked with "facts", to what they know of "title", "authors", "date".

Rule: every peer gets the same decoded page and its own defaults, without comments; the text is timed alone, as their own
benchmarks do it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Reader = Callable[[dict[str, str]], dict[str, Any]]


def _trafilatura(**wishes: Any) -> Callable[[], Reader]:
    def make() -> Reader:
        import trafilatura

        def read(job: dict[str, str]) -> dict[str, Any]:
            if "facts" in job:
                found = trafilatura.extract_metadata(job["html"], default_url=job["url"])
                author = found.author or ""
                return {"title": found.title, "authors": author.split("; ") if author else [], "date": found.date}
            return {"text": trafilatura.extract(job["html"], url=job["url"], include_comments=False, **wishes) or ""}

        return read

    return make


def _readability() -> Reader:
    from lxml import etree, html
    from readability import Document

    lines = {"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "blockquote", "pre", "tr", "br"}

    def read(job: dict[str, str]) -> dict[str, Any]:
        document = Document(job["html"], url=job["url"])
        if "facts" in job:
            return {"title": document.short_title()}
        summary = document.summary(html_partial=True)
        if not summary.strip():
            return {"text": ""}
        tree = html.fromstring(summary)
        for element in tree.iter(*lines):
            element.tail = "\n" + (element.tail or "")
        etree.strip_elements(tree, "script", "style", with_tail=False)
        return {"text": tree.text_content()}

    return read


def _newspaper() -> Reader:
    from newspaper import Article

    def read(job: dict[str, str]) -> dict[str, Any]:
        article = Article(job["url"], fetch_images=False)
        article.download(input_html=job["html"])
        article.parse()
        if "facts" in job:
            at = article.publish_date
            return {"title": article.title, "authors": article.authors, "date": at.isoformat() if at else None}
        return {"text": article.text}

    return read


def _resiliparse() -> Reader:
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.html import HTMLTree

    def read(job: dict[str, str]) -> dict[str, Any]:
        tree = HTMLTree.parse(job["html"])
        if "facts" in job:
            return {"title": tree.title}
        return {"text": extract_plain_text(tree, main_content=True, comments=False)}

    return read


PEERS: dict[str, Callable[[], Reader]] = {
    "trafilatura": _trafilatura(),
    "trafilatura_fast": _trafilatura(fast=True),
    "trafilatura_precision": _trafilatura(favor_precision=True),
    "readability": _readability,
    "newspaper4k": _newspaper,
    "resiliparse": _resiliparse,
}
