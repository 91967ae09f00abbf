"""Peers that group: {"texts", "thresholds"} to the story of each text in order, a list for each threshold.

Each is the plain form of its kind: one article after the other joins the story it is most like, or opens one. `tfidf`
compares with the centre of a story (idf of the whole set, which a site never has), `minilm` the same with sentence vectors,
`minhash` with the most alike article by estimated Jaccard. None knows names, years, outlets or times.

`minhash` also finds copies: {"copies", "texts", "threshold"} to those of `texts` that each copy is near to.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

for library in (
    "OPENBLAS",
    "OMP",
    "MKL",
):  # threads that wait for one another cost ten times the work on a busy machine
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

import numpy as np  # noqa: E402

Grouper = Callable[[dict[str, Any]], Any]
PERMUTATIONS = 128


def _tfidf() -> Grouper:
    from sklearn.feature_extraction.text import (  # type: ignore[import-not-found,unused-ignore]
        TfidfVectorizer,
    )

    def group(job: dict[str, Any]) -> list[list[int]]:
        found = TfidfVectorizer(sublinear_tf=True).fit_transform(job["texts"])
        dense = found.toarray().astype(np.float32)
        return [_by_centre(dense, threshold) for threshold in job["thresholds"]]

    return group


def _minilm() -> Grouper:
    from bench.peers.minilm import load

    embed, known = load(), dict[str, Any]()

    def group(job: dict[str, Any]) -> list[list[int]]:
        unknown = sorted(set(job["texts"]) - known.keys(), key=len)
        known.update(zip(unknown, embed(unknown), strict=True) if unknown else ())
        if "thresholds" not in job:
            return []
        dense = np.array([known[text] for text in job["texts"]])
        return [_by_centre(dense, threshold) for threshold in job["thresholds"]]

    return group


def _minhash() -> Grouper:
    from datasketch import MinHash, MinHashLSH  # type: ignore[import-not-found,unused-ignore]

    def sketch(items: Sequence[str]) -> Any:
        made = MinHash(PERMUTATIONS)
        made.update_batch([one.encode() for one in items])
        return made

    def group(job: dict[str, Any]) -> Any:
        if "copies" in job:
            return _near(job)
        signatures = np.array([sketch(sorted(set(text.lower().split()))).hashvalues for text in job["texts"]])
        return [_by_nearest(signatures, threshold) for threshold in job["thresholds"]]

    def _near(job: dict[str, Any]) -> list[list[int]]:
        index = MinHashLSH(threshold=job["threshold"], num_perm=PERMUTATIONS)
        for number, text in enumerate(job["texts"]):
            index.insert(number, sketch(_shingles(text)))
        return [index.query(sketch(_shingles(copy))) for copy in job["copies"]]

    return group


def _shingles(text: str) -> list[str]:
    found = text.lower().split()
    return [" ".join(found[at : at + 5]) for at in range(max(1, len(found) - 4))]


def _by_centre(dense: Any, threshold: float) -> list[int]:
    """Join the story whose centre is nearest by cosine."""
    sums = np.zeros_like(dense)
    lengths = np.ones(len(dense), dtype=np.float32)
    given: list[int] = []
    opened = 0
    for one in dense:
        near = sums[:opened] @ one / lengths[:opened]
        best = int(near.argmax()) if opened else 0
        if not opened or near[best] < threshold:
            best, opened = opened, opened + 1
        sums[best] += one
        lengths[best] = np.linalg.norm(sums[best]) or 1.0
        given.append(best)
    return given


def _by_nearest(signatures: Any, threshold: float) -> list[int]:
    """Join the story of the article with most of the signature in common."""
    given: list[int] = []
    for number, one in enumerate(signatures):
        near = (signatures[:number] == one).mean(axis=1) if number else np.zeros(1)
        best = int(near.argmax())
        given.append(given[best] if number and near[best] >= threshold else number)
    return given


PEERS: dict[str, Callable[[], Grouper]] = {"tfidf": _tfidf, "minhash": _minhash, "minilm": _minilm}
