"""What the fork server loads once, so that the children share it: the parsers, and the model that tells languages.

Rule: imported by the fork server only. Loaded here, the model's 70 MB stand in memory once, not once for each child;
what is frozen is not touched by the collector, so that the pages stay shared.
"""

from __future__ import annotations

import gc
import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before numpy: threads would not outlive the fork, their buffers would

from . import discovery, feeds, pages

__all__ = ["discovery", "feeds", "pages"]

pages.detect("The harbour council voted nine to four to raise the sea wall by a metre before the winter.")
gc.collect()
gc.freeze()
