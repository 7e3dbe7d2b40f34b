"""What published figures were made with, for comparing with papers.

Covers whose comparison counts, and the imports that APPS' harness puts before every program: its
training solutions rely on them (``List``, ``sqrt``, ``heappush``). A program that is judged for
its own sake gets none.
"""

import re

from gptcc_cli.options.choices import Checker as Checker
from gptcc_cli.options.choices import Preamble as Preamble

_APPS = (
    "import sys, time, itertools",
    "from itertools import accumulate, product, permutations, combinations",
    "import collections",
    "from collections import Counter, OrderedDict, deque, defaultdict, ChainMap",
    "from functools import lru_cache",
    "import math",
    "from math import sqrt, sin, cos, tan, ceil, fabs, floor, gcd, exp, log, log2",
    "import fractions",
    "from typing import List, Tuple",
    "import random",
    "import heapq",
    "from heapq import *",
)
"""As in ``testing_util.py`` of hendrycks/apps, without numpy, which is not in the sandbox."""

_LINE = re.compile(r"\bline (\d+)\b")


def with_preamble(source: str, preamble: Preamble) -> str:
    """Put the preamble before a program, on one line."""
    return source if preamble is Preamble.NONE else "; ".join(_APPS) + "\n" + source


def without_preamble(detail: str, preamble: Preamble) -> str:
    """Give the lines that a message names the numbers they have in the program itself."""
    if preamble is Preamble.NONE:
        return detail
    return _LINE.sub(lambda found: f"line {max(1, int(found[1]) - 1)}", detail)
