"""Corante: outlets in; topic pages, a daily letter and open feeds out.

Read `worker/steps.py` for the flow, `docs/architecture.md` for the house.
"""

__version__ = "0.2.0.dev0"
