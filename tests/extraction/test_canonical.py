"""Programs of one form do the same; programs that differ in what they do differ in form."""

import ast
import sys

import pytest

from gptcc_cli.extraction import candidate_of, hash_of

PLAIN = """
import sys
from collections import deque

def bfs(graph, start):
    seen = {start}
    queue = deque([start])
    while queue:
        node = queue.popleft()
        for other in graph[node]:
            if other not in seen:
                seen.add(other)
                queue.append(other)
    return len(seen)

n, m = map(int, input().split())
graph = [[] for _ in range(n)]
for i in range(m):
    a, b = (int(x) - 1 for x in sys.stdin.readline().split())
    graph[a].append(b)
    graph[b].append(a)
print(f'{bfs(graph, 0)} of {n}')
"""
DRESSED = '''
"""Count who can be reached."""
import sys
from collections import deque
from typing import List, Optional


def bfs(g: List[List[int]], s: int) -> int:
    """Walk."""
    reached: set = {s}
    todo = deque([s])
    while (todo):
        v = todo.popleft()  # the oldest
        for w in g[v]:
            if (w not in reached):
                reached.add(w)
                todo.append(w)
                pass
    return (len(reached))

size, edges = map(int, input().split())
g = [[] for k in range(size)]
for j in range(edges):
    p, q = (int(word) - 1 for word in sys.stdin.readline().split())
    g[p].append(q)
    g[q].append(p)
print(f"{bfs(g, 0)} of {size}")
'''


def test_dress_and_names_do_not_change_the_form() -> None:
    # The names of PLAIN are told apart wherever those of DRESSED are, so one form is right.
    assert hash_of(PLAIN) == hash_of(DRESSED)
    assert candidate_of(PLAIN).canonical_hash == candidate_of(DRESSED).canonical_hash
    assert candidate_of(PLAIN).id != candidate_of(DRESSED).id


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x = 1\nprint(x)", "y = 1\nprint(y)"),
        ("def f(a):\n    return a", "def f(b: int) -> int:\n    'b'\n    return b"),
        ("def f():\n    pass", "def f():\n    ..."),
        ("def f(a):\n    x = a\n    return x", "def f(a):\n    x: List[no] = a\n    return x"),
        ("print('a')", 'print(("a"))'),
        ("try:\n    pass\nexcept ValueError as e:\n    print(e)",
         "try:\n    pass\nexcept ValueError as error:\n    print(error)"),
        ("f = lambda a, b: a - b", "f = lambda x, y: x - y"),
        ("def f(x: 'T'): return x", "def f(x): return x"),
        ("from typing import Dict, List\ndef f(a: Dict[str, List[int]]): return a",
         "def f(a): return a"),
        ("x: int = 3", "x = 3"),
        ("def f():\n    global n\n    n = 1", "def f():\n    global k\n    k = 1"),
    ],
)  # fmt: skip
def test_the_same_in_other_words(one: str, other: str) -> None:
    assert hash_of(one) is not None
    assert hash_of(one) == hash_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a = b = 1\nprint(a)", "a = c = 1\nprint(c)"),
        ("print(1)", "print(1.0)"),
        ("print(1)", "print(True)"),
        ("print('1')", "print(b'1')"),
        ("x = 1", "x = 2"),
        ("def f(a): return a", "def g(a): return a"),
        ("def f(a, b): return a", "def f(a, b): return b"),
        ("def f(a=1): return a\nf(a=2)", "def f(b=1): return b\nf(a=2)"),
        ("sum = 0\nprint(sum)", "s = 0\nprint(sum)"),
        ("def f(a: List[int]): return a", "def f(a): return a"),
        ("from typing import Dict\ndef f(a: Dict[int]): return a", "def f(a): return a"),
        ("list = 3\ndef f(a: list[int]): return a", "list = 3\ndef f(a): return a"),
        ("class A:\n    x = 1\nprint(A.x)", "class A:\n    y = 1\nprint(A.x)"),
        ("class A:\n    x: int = 1", "class A:\n    x = 1"),
        ("x = 1\nprint(eval('x'))", "y = 1\nprint(eval('x'))"),
        ("def f():\n    'one'\nprint(f.__doc__)", "def f():\n    'two'\nprint(f.__doc__)"),
        ("x = 1\nprint(f'{x=}')", "y = 1\nprint(f'{y=}')"),
        ("from math import *\ne = 1\nprint(e)", "from math import *\nf = 1\nprint(e)"),
        ("from math import *\npi = 1", "from math import *\ne = 1"),
        ("import numpy as np\nnp = 1", "import numpy as nq\nnp = 1"),
        ("for i in x:\n    a()\nb()", "for i in x:\n    a()\n    b()"),
        ("def f(a):\n    if a:\n        x = 1\n    return x",
         "def f(a):\n    if a:\n        x = 1\n    return y"),
        ("x = a if b else c", "x = b if a else c"),
        ("print(-1 ** 2)", "print((-1) ** 2)"),
        ("f(*a)", "f(**a)"),
    ],
)  # fmt: skip
def test_what_differs_keeps_apart(one: str, other: str) -> None:
    assert hash_of(one) is not None
    assert hash_of(one) != hash_of(other)


def test_the_form_of_a_program_is_that_of_its_tree_written_anew() -> None:
    for source in (PLAIN, DRESSED):
        assert hash_of(source) == hash_of(ast.unparse(ast.parse(source)))


def test_a_text_that_does_not_parse_has_its_own_form() -> None:
    broken, other = candidate_of("def f(:\n"), candidate_of("def f(:  \n\n")
    assert hash_of(broken.source) is None
    assert broken.canonical_hash == broken.id == other.canonical_hash


def test_a_program_too_deep_to_walk_is_its_own_class() -> None:
    deep = candidate_of("x = " + "+".join("a" * 1500) + "\n")
    before = sys.getrecursionlimit()
    # Other tests of this process may have raised it (hypothesis does).
    sys.setrecursionlimit(1000)
    try:
        assert deep.syntax_error is None
        assert hash_of(deep.source) is None
        assert deep.canonical_hash == deep.id
    finally:
        sys.setrecursionlimit(before)
