"""The static handler: only files of the tree, whole, in the smallest form the client takes."""

from __future__ import annotations

import asyncio
import gzip
from pathlib import Path
from typing import Any

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corante.publish.tree import Tree
from corante.site import tree

PAGE = b"<!doctype html>" + b"<p>high water</p>" * 200
FALLBACK = 299


async def fallback(_scope: Any, _receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": FALLBACK, "headers": []})
    await send({"type": "http.response.body", "body": b"from the application"})


class Client:
    """Asks the handler as a server would."""

    def __init__(self, root: Path) -> None:
        self.app = tree.application(root, fallback)

    def __call__(
        self, path: str, method: str = "GET", raw: bytes | None = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        async def receive() -> Any:
            return {"type": "http.request", "body": b"", "more_body": False}

        named = [(k.replace("_", "-").encode(), v.encode("latin-1")) for k, v in headers.items()]
        scope = {"type": "http", "method": method, "path": path, "headers": named, "raw_path": raw or path.encode()}
        asyncio.run(self.app(scope, receive, send))
        got = {k.decode(): v.decode() for k, v in sent[0]["headers"]}
        return sent[0]["status"], got, b"".join(m["body"] for m in sent[1:])


@pytest.fixture
def root(tmp_path: Path) -> Path:
    public = Tree(tmp_path / "public")
    public.put("/", PAGE)
    public.put("/stories/12", PAGE + b"twelve")
    public.put("/topics/floods/atom.xml", b"<feed/>" * 50)
    public.gone("/stories/13", b"taken from view")
    public.moved("/stories/14", "/stories/12")
    (tmp_path / "secret.key").write_text("secret")
    (tmp_path / "public/link.html").symlink_to(tmp_path / "secret.key")
    (tmp_path / "public/out").symlink_to(tmp_path)
    (tmp_path / "public/.hidden").write_text("hidden")
    return tmp_path / "public"


@pytest.fixture
def ask(root: Path) -> Client:
    return Client(root)


@pytest.mark.parametrize(
    ("accept", "encoding"),
    [
        ("", None),
        ("br", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0, gzip;q=0", None),
        ("*", "br"),
        ("*;q=0, gzip", "gzip"),
        ("identity;q=1, br;q=0.5", None),
        ("br;q=nonsense, gzip;q=0.2", "gzip"),
        ("zstd", None),
        ("GZIP;q=1.0", "gzip"),
    ],
)
def test_the_smallest_form_the_client_takes_is_sent(ask: Client, accept: str, encoding: str | None) -> None:
    status, headers, body = ask("/", accept_encoding=accept)
    decode = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[encoding]
    assert (status, headers.get("content-encoding")) == (200, encoding)
    assert decode(body) == PAGE
    assert int(headers["content-length"]) == len(body)
    assert headers["vary"] == "accept-encoding"


def test_each_form_has_a_strong_etag_of_its_own(ask: Client) -> None:
    tags = {ask("/", accept_encoding=a)[1]["etag"] for a in ("br", "gzip", "identity")}
    assert len(tags) == 3
    assert not [tag for tag in tags if tag.startswith("W/")]


def test_what_the_client_has_is_not_sent_again(ask: Client) -> None:
    _status, headers, _body = ask("/", accept_encoding="br")
    for condition in (headers["etag"], f'"other", W/{headers["etag"]}', "*"):
        status, again, body = ask("/", accept_encoding="br", if_none_match=condition)
        assert (status, body) == (304, b"")
        assert again["etag"] == headers["etag"]
    assert ask("/", if_modified_since=headers["last-modified"])[0] == 304
    assert ask("/", if_modified_since="Thu, 01 Jan 1970 00:00:00 GMT")[0] == 200
    assert ask("/", if_modified_since="no date at all")[0] == 200
    assert ask("/", if_none_match='"other"', if_modified_since=headers["last-modified"])[0] == 200


def test_head_says_what_get_would_and_sends_nothing(ask: Client) -> None:
    got, said = ask("/"), ask("/", method="HEAD")
    assert said == (got[0], got[1], b"")


def test_a_page_swapped_on_disk_is_the_one_sent_next(ask: Client, root: Path) -> None:
    old = ask("/")[1]["etag"]
    Tree(root).put("/", PAGE + b"new")
    status, headers, body = ask("/", if_none_match=old)
    assert (status, body) == (200, PAGE + b"new")
    assert headers["etag"] != old


def test_a_page_taken_from_view_answers_410_and_a_merged_story_301(ask: Client) -> None:
    assert ask("/stories/13")[0::2] == (410, b"taken from view")
    status, headers, _body = ask("/stories/14")
    assert (status, headers["location"]) == (301, "/stories/12")


def test_feeds_are_sent_as_feeds(ask: Client) -> None:
    assert ask("/topics/floods/atom.xml")[1]["content-type"] == "application/atom+xml; charset=utf-8"


def test_every_answer_forbids_scripts_frames_and_sniffing(ask: Client) -> None:
    for path in ("/", "/stories/13", "/stories/14"):
        headers = ask(path)[1]
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert "script-src" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-opener-policy"] == "same-origin"


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.key", "/..", "/./", "//", "/stories/../stories/12", "/link", "/link.html", "/out/secret.key",
        "/out/", "/.hidden", "/stories/12.html.br", "/stories/12.html", "/index.html", "/stories/12/", "/STORIES/12", "/stories/12\x00", "/stories\\12",
        "/stories/%31%32", "/index.html.part", "/nothing", "/stories/12.gone", "/a" * 3000,
    ],
)  # fmt: skip
def test_anything_but_the_canonical_path_of_a_file_goes_to_the_application(ask: Client, path: str) -> None:
    assert ask(path)[0] == FALLBACK


def test_a_path_written_in_percent_code_is_not_canonical(ask: Client) -> None:
    assert ask("/stories/12", raw=b"/stories/%312")[0] == FALLBACK
    assert ask("/stories/12", raw=b"/stories/12?from=mail")[0] == 200


def test_unsafe_methods_go_to_the_application(ask: Client) -> None:
    assert {ask("/", method=m)[0] for m in ("POST", "PUT", "DELETE", "OPTIONS")} == {FALLBACK}


@given(st.text(alphabet=st.sampled_from("./%~\\ab\x00:"), max_size=30))
def test_no_path_reaches_a_file_outside_the_tree(tmp_path_factory: pytest.TempPathFactory, rest: str) -> None:
    outside = tmp_path_factory.mktemp("site")
    (outside / "secret").write_text("secret")
    (outside / "public").mkdir()
    status, _headers, body = Client(outside / "public")("/" + rest)
    assert (status, body) == (FALLBACK, b"from the application")


@given(st.text(max_size=60))
def test_some_form_is_always_found_for_any_accept_encoding(accept: str) -> None:
    assert tree.acceptable(accept) <= {"br", "gzip", "identity"}
    assert tree.acceptable(accept)


def test_memory_stays_within_its_bound(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree, "CACHE_BYTES", 10_000)
    shelf, public = tree.Shelf(root), Tree(root)
    for n in range(40):
        public.put(f"/stories/{100 + n}", bytes([n]) * 1000)
        assert shelf.find({"path": f"/stories/{100 + n}", "headers": [], "method": "GET"})
    assert sum(len(copy.body) for copy in shelf._copies.values()) == shelf._bytes <= 10_000
