"""An outlet's wishes: everything it says is read, the strictest rule wins."""

from __future__ import annotations

import pytest

from corante.core.wishes import Wishes, read_wishes


@pytest.mark.parametrize(
    ("robots", "wishes"),
    [
        ((), Wishes()),
        (("index, follow, max-snippet:-1, max-image-preview:large",), Wishes()),
        (("max-snippet:160", "max-snippet: 300"), Wishes(snippet=160)),
        (("max-snippet:-1, nosnippet",), Wishes(snippet=0)),
        (("NOARCHIVE",), Wishes(archive=False)),
        (("none",), Wishes(snippet=0, index=False)),
        (("noindex, nofollow",), Wishes(index=False)),
        (("googlebot: nosnippet",), Wishes()),
        (("corante: nosnippet",), Wishes(snippet=0)),
        (("otherbot: noindex, nofollow",), Wishes()),
        (("unavailable_after: 25 Jun 2030 15:00:00 PST, noarchive",), Wishes(archive=False)),
        (("noai, noimageai",), Wishes(ai=False)),
        (("",), Wishes()),
    ],
)
def test_robots_rules(robots: tuple[str, ...], wishes: Wishes) -> None:
    assert read_wishes(robots) == wishes


def test_reserved_and_subscription_are_kept_as_said() -> None:
    assert read_wishes(reserved=True, free=False).to_json() == {"reserved": True, "subscription": True}
    assert not read_wishes(reserved=True).excerpt
    assert read_wishes(free=None).free
