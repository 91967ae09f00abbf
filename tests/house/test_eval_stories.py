"""The evaluation of stories runs on a handful of samples, and its page shows an error beside what was right."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from bench.eval_stories import decisions, group
from bench.stories_report import Report
from bench.story_sets import day_of_news, ecbplus, orders, score, telegram, uci

QUAKE = "A quake of magnitude five shook villages in the northern valley at dawn, the institute said."
AGAIN = "The institute put the magnitude of the quake at five; villages in the northern valley shook at dawn."
MUSEUM = "The maritime museum opens a hall of whale skeletons on Tuesday, collected on beaches of three oceans."


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder laid out like the real sets."""
    folder = tmp_path / "stories"
    folder.mkdir()
    texts = [("1", "Quake shakes valley", QUAKE, "a"), ("2", "Valley shaken by quake", AGAIN, "a")]
    texts.append(("3", "Whales at the museum", MUSEUM, "b"))
    rows = [{"id": i, "title": title, "text": text, "story": story} for i, title, text, story in texts]
    (folder / "ecbplus_1.jsonl").write_text("\n".join(map(json.dumps, rows)))
    with (folder / "uci_headlines_1.csv").open("w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["timestamp", "title", "story", "publisher"])
        lines.writerow(["1394470370698", "Council votes to raise sea wall", "c", "Harbour Post"])
        lines.writerow(["1394470371207", "Sea wall: council votes to raise it", "c", "Estuary Wire"])
    pairs = "INPUT:first_title\tINPUT:first_text\tINPUT:second_title\tINPUT:second_text\tGOLDEN:quality\n"
    (folder / "telegram_pairs_en_1.tsv").write_text(f"{pairs}Quake\t{QUAKE}\tWhales\t{MUSEUM}\tBAD\n")
    return tmp_path


def test_sets_are_found_by_pattern_and_grouped(data: Path) -> None:
    texts, headlines = ecbplus(data), uci(data)
    assert group(texts) == [0, 0, 2]
    assert group(headlines) == [0, 0]
    assert telegram(data, "en")[0][2] is False
    assert len(day_of_news(texts, headlines, 0)) == 5
    assert orders(texts, 2) == orders(texts, 2)


def test_a_perfect_grouping_scores_one_and_one_heap_does_not() -> None:
    assert score(["a", "a", "b"], [1, 1, 2])["b3_f1"] == 1
    heap = score(["a", "a", "b"], [1, 1, 1])
    assert (heap["b3_recall"], heap["pairwise_recall"]) == (1, 1)
    assert heap["pairwise_precision"] == pytest.approx(1 / 3)


def test_the_page_shows_an_event_that_was_split_beside_its_parts_with_the_reason(data: Path) -> None:
    samples, report = ecbplus(data), Report()
    given = decisions(samples)
    report.grouped("ecbplus", samples, [(n, said) for n, (_, said) in enumerate(given)])
    page = report.write(data / "report", {"stories.x.f1": 0.5, "stories.x.f1@tfidf": 0.25}).read_text()
    assert "Quake shakes valley" in page
    assert "1 in a story of 1" in page
    assert "shares “" in page
    assert "Whales at the museum" not in page
    assert "<td>0.500</td><td>0.250</td>" in page
