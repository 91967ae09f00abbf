"""A small world of pretend outlets, served on loopback: what `corante demo` reads its news from.

Rule: places, people and outlets are invented; nothing here is imported by the product itself.
"""
