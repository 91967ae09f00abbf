"""Where foreign bytes are parsed: in a child process that may be killed.

Rule: nothing outside this package touches a parser, and inside it a parser only ever runs by way of `pool.parse`.
What comes back are values of `core`.
"""
