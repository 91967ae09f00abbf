"""Replies in the styles of the mail servers there are (replies.txt), each read as what it means."""

from __future__ import annotations

from pathlib import Path

import pytest

from corante.core.bounces import Said, read

SAMPLES = [
    line.split("\t")
    for line in Path(__file__).with_name("replies.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


@pytest.mark.parametrize("kind", ["hard", "soft", "policy"])
def test_what_a_server_answers_is_read_as_it_is_meant(kind: str) -> None:
    samples = [(server, words) for meant, server, words in SAMPLES if meant == kind]
    assert len(samples) > 60
    wrong = {f"{server}: {words}": found for server, words in samples if (found := _read(words)) != kind}
    assert not wrong


def test_a_reply_means_the_same_whatever_its_case_and_folding() -> None:
    changed = [
        words for kind, _, words in SAMPLES if _read(words.upper().replace(" ", "\r\n ")) not in (kind, _read(words))
    ]
    assert not changed


def test_the_letter_a_reply_is_told_in_never_makes_a_reader_dead() -> None:
    """What stands around is politeness: the reporter's own text is the same for all replies."""
    around = "This is the mail system. Your message could not be delivered. For help, ask your postmaster. Sorry."
    soft = [words for kind, _, words in SAMPLES if kind != "hard"]
    assert not [words for words in soft if read(Said(words=words, around=around, action="failed")).kind == "hard"]


def _read(words: str) -> str:
    return read(Said(words=words, action="failed")).kind
