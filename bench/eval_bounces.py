"""Returned mail given the right class: real bounces and complaints, and the samples of flufl.bounce's source package.

    make eval DATA=DIR                  bounces.right on DIR/bounces/*_expected.json with the mails beside it
    python -m bench.eval_bounces flufl  the samples in flufl.bounce's source package, fetched by pip into a temporary folder

The classes are made of sisimai's reasons as bench/README.md says. Half of the mails (by a hash of their names) is what
the phrases were written on; `bounces.right_unseen` is the part nobody looked at while writing them.
"""

from __future__ import annotations

import importlib.metadata
import json
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from corante.mail.notices import read_notice

HARD = {"userunknown", "hostunknown", "hasmoved", "notaccept"}
POLICY = {
    "rejected", "blocked", "policyviolation", "requireptr", "authfailure", "spamdetected", "securityerror",
    "norelaying", "badreputation", "notcompliantrfc", "virusdetected",
}  # fmt: skip
LEFT_OUT = {"vacation", "delivered"}
FLUFL = "flufl.bounce"


def evaluate(data: Path) -> dict[str, float]:
    """`bounces.right`: share of mails given their class; of a mail about several addresses, the first counts."""
    sets = sorted((data / "bounces").glob("*_expected.json"))
    if not sets:
        print("bounces: no *_expected.json in the folder")
        return {}
    judged = [row for each in sets for row in _judged(each)]
    for name, wanted, got in judged:
        if wanted != got:
            print(f"  {name}: {wanted}, read as {got}")
    unseen = [row for row in judged if _unseen(row[0])]
    figures = {"bounces.right": _share(judged), "bounces.mails": float(len(judged))}
    figures |= {"bounces.right_unseen": _share(unseen), "bounces.mails_unseen": float(len(unseen))} if unseen else {}
    lost = [row for row in judged if row[2] == "hard" and row[1] != "hard"]
    return figures | {"bounces.lost_reader": len(lost) / len(judged)}


def _share(rows: list[tuple[str, str, str]]) -> float:
    return sum(wanted == got for _, wanted, got in rows) / len(rows) if rows else 0.0


def _unseen(name: str) -> bool:
    digest = sha256(name.encode()).digest()
    return digest[0] % 4 == 3 and digest[1] % 2 == 0


def _judged(expected: Path) -> Iterator[tuple[str, str, str]]:
    """(name, wanted class, class we read) of every mail the set has a class for."""
    said = json.loads(expected.read_text())
    for name, raw in _mails(expected):
        wanted = [each for each in map(_class, said.get(name, ())) if each]
        if wanted:
            notice = read_notice(raw)
            yield name, wanted[0], notice.meaning.kind if notice else "no return"


def _mails(expected: Path) -> Iterator[tuple[str, bytes]]:
    stem = expected.name.removesuffix("_expected.json")
    for archive in sorted(expected.parent.glob(f"{stem}*.tar.gz")):
        with tarfile.open(archive) as opened:
            for member in opened:
                file = opened.extractfile(member) if member.isfile() else None
                if file:
                    yield Path(member.name).name, file.read()


def _class(row: dict[str, object]) -> str:
    reason = str(row["reason"])
    if reason in LEFT_OUT:
        return ""
    if reason == "feedback":
        return "complaint"
    if reason == "filtered":
        return "hard" if row["hard"] else "soft"
    return "hard" if reason in HARD else "policy" if reason in POLICY else "soft"


def flufl_samples() -> int:
    """How many of flufl.bounce's own samples are read as returns, with which class; 1 when they can't be had."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            source = _source(Path(folder))
        except (subprocess.CalledProcessError, StopIteration):
            print("flufl: its source package could not be fetched (pip download failed): nothing measured")
            return 1
        samples = sorted(source.rglob("tests/data/*.txt"))
        read = {sample.name: read_notice(sample.read_bytes()) for sample in samples}
    missed = [name for name, notice in read.items() if notice is None or notice.meaning.kind == "vacation"]
    print(
        f"flufl: {len(read) - len(missed)} of {len(read)} samples read as returns; not: {', '.join(missed) or 'none'}"
    )
    return 0


def _source(folder: Path) -> Path:
    version = importlib.metadata.version(FLUFL)
    wanted = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", FLUFL]
    subprocess.run([*wanted, f"{FLUFL}=={version}", "-d", str(folder)], check=True)
    archive = next(folder.glob("*.tar.gz"))
    with tarfile.open(archive) as opened:
        opened.extractall(folder, filter="data")
    return folder


if __name__ == "__main__":
    sys.exit(flufl_samples() if sys.argv[1:] == ["flufl"] else print(__doc__) or 2)
