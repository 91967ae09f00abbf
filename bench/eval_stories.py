"""Grouping and copies against labelled sets: B-cubed and pairwise figures, beside TF-IDF, MinHash and MiniLM in one run.

Rule: one setting for all sets. Sets without times are read in five seeded orders, and their mean is reported; `day` is both
sets shuffled into one day, as a site meets them. What went wrong is written to eval-report/stories.html, side by side.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import fmean

import django

from bench import copying, stories_report
from bench.peers import Peer, company
from bench.story_sets import START, Sample, day_of_news, ecbplus, f1, languages, orders, score, telegram, uci
from corante.core.clustering import Decision, LiveStories
from corante.core.members import Member
from corante.core.twins import marks_of
from corante.core.vectors import Piece, Vocabulary, vector, weigh

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "corante.project.settings")
django.setup()

from corante.stories.commonwords import usual  # noqa: E402 - the room needs Django set up

REPORT = Path("eval-report")
SEEDS = 5
OPENING = 300  # characters of a text that a peer reads: more made them worse
# Peers read every set at each of these and keep the best: a ceiling they would not have in use.
GRIDS = {
    "tfidf": [0.03, 0.05, 0.07, 0.09, 0.11, 0.13, 0.16, 0.2],
    "minhash": [0.08, 0.1, 0.13, 0.16, 0.2, 0.25, 0.3, 0.4],
    "minilm": [0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7],
}
BITE = 100  # texts a peer embeds in one job
Group = Callable[[list[Sample]], list[int]]


def evaluate(data: Path) -> dict[str, float]:
    """All figures of this room for the sets in `data`, as in the layout of bench/README.md."""
    texts, headlines = ecbplus(data), uci(data)
    sets = {"ecbplus": orders(texts, SEEDS), "uci": [headlines]}
    if texts and headlines:
        sets["day"] = [day_of_news(texts, headlines, seed) for seed in range(2)]
    figures: dict[str, float] = {}
    wrong = stories_report.Report()
    with company("bench.peers.groupers") as peers:
        for name, runs in sets.items():
            if runs and runs[0]:
                figures |= _set(name, runs, peers, wrong)
        figures |= _copies(texts, peers) if texts else {}
    for language in languages(data):
        figures |= _pairs(telegram(data, language), language, wrong)
    print(f"side by side: {wrong.write(REPORT, figures)}")
    return figures


def group(samples: Sequence[Sample]) -> list[int]:
    """The story each sample gets, in order, as on a site's first day: no look ahead, nothing learned before."""
    return [number for number, _ in decisions(samples)]


def decisions(samples: Sequence[Sample]) -> list[tuple[int, Decision]]:
    """The story of each sample, and why."""
    live, vocabulary, outlets = LiveStories(), Vocabulary(usual=usual("en")), dict[str, int]()
    given = []
    for number, sample in enumerate(samples):
        piece = Piece(sample.title, sample.text, sample.at)
        weighed = weigh(piece)
        outlet = outlets.setdefault(sample.outlet, len(outlets))
        terms = vector(weighed, vocabulary)
        member = Member(
            number, outlet, sample.outlet, sample.title, sample.at, terms, marks_of(piece), bool(sample.text)
        )
        said = live.decide(member, "en", weighed.surfaces)
        story = number if said.story is None else said.story
        vocabulary.learn(live.new_to(said.story, weighed.weights))
        live.add(story, "en", member)
        live.expire()
        given.append((story, said))
    return given


def _set(name: str, runs: list[list[Sample]], peers: dict[str, Peer], wrong: stories_report.Report) -> dict[str, float]:
    ours = [decisions(run) for run in runs]
    wrong.grouped(name, runs[0], ours[0])
    figures = _mean([_scored(name, run, [n for n, _ in given]) for run, given in zip(runs, ours, strict=True)], "")
    for peer in peers.values() if name != "day" else ():
        figures |= _best(name, runs, peer)
    return figures


def _scored(name: str, run: Sequence[Sample], given: Sequence[int]) -> dict[str, float]:
    """Figures of a run; of a day, its texts and its headlines apart."""
    parts = {"day_ecbplus": True, "day_uci": False} if name == "day" else {name: None}
    figures: dict[str, float] = {}
    for part, with_text in parts.items():
        kept = [n for n, one in enumerate(run) if with_text is None or bool(one.text) == with_text]
        found = score([run[n].story for n in kept], [given[n] for n in kept])
        figures |= {f"stories.{part}.{key}": value for key, value in found.items()}
    return figures


def _best(name: str, runs: list[list[Sample]], peer: Peer) -> dict[str, float]:
    """A peer's figures at its best threshold for this set."""
    texts = [[f"{one.title} {one.text[:OPENING]}".strip() for one in run] for run in runs]
    known = sorted(texts[0], key=len) if peer.name == "minilm" else []
    for start in range(0, len(known), BITE):
        peer.ask({"texts": known[start : start + BITE]})
    answers = [peer.ask({"texts": some, "thresholds": GRIDS[peer.name]}) for some in texts]
    if any(answer.error for answer in answers):
        print(f"{peer.name} on {name}: {answers[0].error}")
        return {}
    means = [
        _mean([_scored(name, run, answer.value[n]) for run, answer in zip(runs, answers, strict=True)], f"@{peer.name}")
        for n in range(len(GRIDS[peer.name]))
    ]
    return max(means, key=lambda one: one[f"stories.{name}.b3_f1@{peer.name}"])


def _mean(runs: Sequence[dict[str, float]], suffix: str) -> dict[str, float]:
    return {key + suffix: fmean(run[key] for run in runs) for key in runs[0]}


def _copies(texts: Sequence[Sample], peers: dict[str, Peer]) -> dict[str, float]:
    bodies = copying.worth(texts)
    figures = copying.figures(bodies, copying.ours)
    if peer := peers.get("minhash"):

        def theirs(texts: Sequence[str], copies: Sequence[str]) -> list[set[int]]:
            job = {"texts": texts, "copies": copies, "threshold": copying.PEER_THRESHOLD}
            return [set(some) for some in peer.ask(job).value]

        figures |= {f"{key}@minhash": value for key, value in copying.figures(bodies, theirs).items()}
    return figures


def _pairs(pairs: list[tuple[Piece, Piece, bool]], language: str, wrong: stories_report.Report) -> dict[str, float]:
    """F1 of "one event", each pair alone: the second article against a story of the first. With its 95 % interval."""
    said = [(_joins(one, other, language), same) for one, other, same in pairs]
    wrong.paired(language, pairs, [one for one, _ in said])
    yes = [(one.story is not None, same) for one, same in said]
    dice = random.Random(1)
    again = sorted(_binary(dice.choices(yes, k=len(yes))) for _ in range(400))
    name = f"stories.telegram_{language}"
    return {f"{name}.f1": _binary(yes), f"{name}.f1_low": again[10], f"{name}.f1_high": again[389]}


def _joins(one: Piece, other: Piece, language: str) -> Decision:
    live, vocabulary = LiveStories(), Vocabulary(usual=usual(language))
    for number, piece in enumerate((one, other)):
        weighed = weigh(piece)
        terms = vector(weighed, vocabulary)
        member = Member(number, number, "the other", piece.title, START, terms, marks_of(piece), bool(piece.text))
        if number:
            return live.decide(member, language, weighed.surfaces)
        live.add(0, language, member)
    raise AssertionError("a pair has two")


def _binary(said: Sequence[tuple[bool, bool]]) -> float:
    right = sum(yes and same for yes, same in said)
    return f1(right / (sum(yes for yes, _ in said) or 1), right / (sum(same for _, same in said) or 1))


if __name__ == "__main__":
    for key, value in evaluate(Path(sys.argv[1])).items():
        print(f"{key:40} {value:.3f}")
