"""Lists, trees, graphs and designed classes of LeetCode: right programs pass, wrong ones don't."""

from dataclasses import replace

import pytest

from gptcc_cli.extraction import candidate_of
from gptcc_cli.judging import Judge, Verdict
from gptcc_cli.judging.nodes import node_call
from gptcc_cli.problem import Json
from tests.programs import CALL_PROBLEM, call_test

LIST = """# Definition for singly-linked list.
# class ListNode:
#     def __init__(self, val=0, next=None):
#         self.val = val
#         self.next = next
class Solution:
    def f(self, {}) -> {}:
        """
TREE = "class Solution:\n    def f(self, {}) -> {}:\n        "
NODE = """# Definition for a Node.
# class Node:
#     def __init__(self, {0}):
{1}
class Solution:
    def f(self, {2}) -> {3}:
        """


def node_starter(fields: str, parameters: str, returns: str) -> str:
    lines = "\n".join(f"#         self.{name} = {name}" for name in fields.split())
    return NODE.format(", ".join(fields.split()), lines, parameters, returns)


def verdict(
    judge: Judge, starter: str, body: str, given: list[Json], expected: Json
) -> tuple[Verdict | None, str]:
    problem = replace(CALL_PROBLEM, starter_code=starter, entry_point="f")
    source = "\n".join(line for line in (starter + body).split("\n") if not line.startswith("#"))
    judgement = judge.judge(candidate_of(source), problem, (call_test(*given, expected=expected),))
    return judgement.verdict, judgement.cases[0].detail


REVERSE = "last = None\n        while head:\n            head.next, last, head = last, head, head.next\n        return last\n"
MERGE = (
    "values = []\n        for one in lists:\n            while one:\n                values.append(one.val); one = one.next\n"
    "        head = None\n        for value in sorted(values)[::-1]:\n            head = ListNode(value, head)\n        return head\n"
)
DEPTH = "return 1 + max(self.f(root.left), self.f(root.right)) if root else 0\n"
INVERT = "if root:\n            root.left, root.right = self.f(root.right), self.f(root.left)\n        return root\n"
ANCESTOR = (
    "if root in (None, p, q): return root\n        a, b = self.f(root.left, p, q), self.f(root.right, p, q)\n"
    "        return root if a and b else a or b\n"
)
CYCLE = (
    "slow = fast = head\n        while fast and fast.next:\n            slow, fast = slow.next, fast.next.next\n"
    "            if slow is fast: return True\n        return False\n"
)
COPY_GRAPH = (
    "if not node: return None\n        made = {}\n        def go(n):\n            if n.val not in made:\n"
    "                made[n.val] = Node(n.val)\n                made[n.val].neighbors = [go(x) for x in n.neighbors]\n"
    "            return made[n.val]\n        return go(node)\n"
)
COPY_LIST = (
    "if not head: return None\n        made, node = {None: None}, head\n        while node: made[node] = Node(node.val); node = node.next\n"
    "        node = head\n        while node: made[node].next, made[node].random = made[node.next], made[node.random]; node = node.next\n"
    "        return made[head]\n"
)
N_ARY = "return 1 + max((self.f(c) for c in root.children), default=0) if root else 0\n"
REORDER = (
    "a, node = [], head\n        while node: a.append(node.val); node = node.next\n"
    "        node, i, j, turn = head, 0, len(a) - 1, True\n"
    "        while node: node.val = a[i] if turn else a[j]; i, j, turn = i + turn, j - (not turn), not turn; node = node.next\n"
)

CASES = [
    ("reversed", LIST.format("head: Optional[ListNode]", "Optional[ListNode]"), REVERSE, [[1, 2, 3]], [3, 2, 1]),
    ("empty list", LIST.format("head: Optional[ListNode]", "Optional[ListNode]"), REVERSE, [[]], []),
    ("lists", LIST.format("lists: List[Optional[ListNode]]", "Optional[ListNode]"), MERGE, [[[1, 4], [], [2]]], [1, 2, 4]),
    ("in place", LIST.format("head: Optional[ListNode]", "None"), REORDER, [[1, 2, 3, 4]], [1, 4, 2, 3]),
    ("cycle", LIST.format("head: Optional[ListNode]", "bool"), CYCLE, [[3, 2, 0, -4], 1], True),
    ("no cycle", LIST.format("head: Optional[ListNode]", "bool"), CYCLE, [[1], -1], False),
    ("depth", TREE.format("root: Optional[TreeNode]", "int"), DEPTH, [[3, 9, 20, None, None, 15, 7]], 3),
    ("inverted", TREE.format("root: Optional[TreeNode]", "Optional[TreeNode]"), INVERT, [[4, 2, 7, 1, 3]], [4, 7, 2, None, None, 3, 1]),
    ("by value", TREE.format("root: 'TreeNode', p: 'TreeNode', q: 'TreeNode'", "'TreeNode'"), ANCESTOR, [[3, 5, 1, 6, 2, 0, 8], 5, 1], 3),
    ("n-ary", node_starter("val children", "root: 'Node'", "int"), N_ARY, [[1, None, 3, 2, 4, None, 5, 6]], 3),
    ("graph", node_starter("val neighbors", "node: Optional['Node']", "Optional['Node']"), COPY_GRAPH, [[[2, 4], [1, 3], [2, 4], [1, 3]]], [[2, 4], [1, 3], [2, 4], [1, 3]]),
    ("random", node_starter("val next random", "head: 'Optional[Node]'", "'Optional[Node]'"), COPY_LIST, [[[7, None], [13, 0], [11, 1]]], [[7, None], [13, 0], [11, 1]]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("starter", "body", "given", "expected"),
    [case[1:] for case in CASES],
    ids=[c[0] for c in CASES],
)
def test_right_programs_are_accepted_and_wrong_ones_are_not(
    judge: Judge, starter: str, body: str, given: list[Json], expected: Json
) -> None:
    assert verdict(judge, starter, body, given, expected) == (Verdict.AC, "")
    for wrong in ("return None\n", "return 99\n", "return args\n", "raise ValueError\n"):
        found, _ = verdict(judge, starter, wrong, given, expected)
        if expected == [] and wrong == "return None\n":
            continue  # an empty list is no node
        assert found in (Verdict.WA, Verdict.RE)


def test_a_node_of_the_given_list_is_no_copy(judge: Judge) -> None:
    starter = node_starter("val next random", "head: 'Optional[Node]'", "'Optional[Node]'")
    pairs: list[Json] = [[7, None], [13, 0]]
    found, _ = verdict(judge, starter, "return head\n", [pairs], pairs)
    assert found is Verdict.WA


@pytest.mark.parametrize(
    "body", ["head.next = head\n        return head\n", "return ListNode(1, head)\n"]
)
def test_a_list_with_a_cycle_or_one_too_long_is_wrong(judge: Judge, body: str) -> None:
    starter = LIST.format("head: Optional[ListNode]", "Optional[ListNode]")
    assert verdict(judge, starter, body, [[1]], [1])[0] is Verdict.WA


DESIGN = """class Store:
    def __init__(self, size: int):
        pass

    def put(self, value: int) -> None:
        pass

    def total(self) -> int:
        pass
"""
RIGHT = """class Store:
    def __init__(self, size):
        self.values = []
        self.size = size
    def put(self, value):
        self.values = (self.values + [value])[-self.size:]
    def total(self):
        return sum(self.values)
"""
OPERATIONS: list[Json] = [
    ["Store", "put", "put", "put", "total"],
    [[2], [1], [5], [7], []],
]


def test_operations_on_a_designed_class(judge: Judge) -> None:
    problem = replace(CALL_PROBLEM, starter_code=DESIGN, entry_point="Store")
    test = call_test(*OPERATIONS, expected=[None, None, None, None, 12])

    def of(source: str) -> tuple[Verdict | None, str]:
        judgement = judge.judge(candidate_of(source), problem, (test,))
        return judgement.verdict, judgement.cases[0].detail

    assert of(RIGHT) == (Verdict.AC, "")
    assert of(RIGHT.replace("-self.size", "-1"))[0] is Verdict.WA
    assert of(RIGHT.replace("put", "add"))[0] is Verdict.RE
    assert of("x = 1\n")[0] is Verdict.CE


def test_tracebacks_count_the_programs_own_lines(judge: Judge) -> None:
    starter = LIST.format("head: Optional[ListNode]", "int")
    _, detail = verdict(judge, starter, "return 1 // 0\n", [[1]], 1)
    assert "line 3" in detail


@pytest.mark.parametrize(
    "starter",
    [
        "class Solution:\n    def f(self, a: List[int]) -> int:\n        pass\n",
        "class Solution:\n    def f(self, a: Dict[str, ListNode]) -> int:\n        pass\n",
        "class Solution:\n    def f(self, a: 'Node') -> int:\n        pass\n",
        "def f(a):\n    pass\n",
        "",
        "class Solution:\n    def f(self, a: ListNode",
    ],
)
def test_what_is_not_known_is_not_guessed(starter: str) -> None:
    assert node_call(replace(CALL_PROBLEM, starter_code=starter, entry_point="f")) is None
