r"""Patterns of the model in Python.

They are unanchored in the model, and AWS means the whole value (docs/facts.md,
appendix B; as with SES v1). ``\w`` and ``\d`` are ASCII, as in Java.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

# Of the patterns of the model these two cannot be given to Python's engine.
_NO_CONTROLS = r"[\P{C}\s]*"  # no Unicode properties in re
_ANYTHING = "(([0-9]|.|:|/)*)"  # takes exponential time when it does not match


def matches(pattern: str, value: str) -> bool:
    if pattern == _NO_CONTROLS:
        return all(char.isspace() or unicodedata.category(char)[0] != "C" for char in value)
    if pattern == _ANYTHING:
        pattern = ".*"
    return _compiled(pattern).fullmatch(value) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)
