"""Linked lists, trees and graphs as JSON, for programs written for LeetCode.

The text of this module runs in the program's own process, before the program, so it uses the
standard library alone and names nothing of gptcc. It makes what a function takes of the plain
values that a sample prints, calls the function or the methods of a designed class, and turns what
comes back into plain values again. A value that is no proper list or tree, one with a cycle for
instance, becomes a text that equals no answer.

Conventions (those of LeetCode): a list is its values in order; a binary tree its values level by
level with ``null`` for a missing child, trailing ones left out; an n-ary tree level by level with
``null`` after each group of children; a graph its adjacency lists, nodes numbered from 1; a list
with random pointers ``[value, index]`` pairs.
"""

import collections
from itertools import pairwise
from typing import Any

_MOST_NODES = 1_000_000


class ListNode:
    """A node of a linked list."""

    def __init__(self, val: Any = 0, next: Any = None) -> None:
        self.val = val
        self.next = next


class TreeNode:
    """A node of a binary tree."""

    def __init__(self, val: Any = 0, left: Any = None, right: Any = None) -> None:
        self.val = val
        self.left = left
        self.right = right


class Node:
    """LeetCode has several classes of this name; the fields that a problem uses are set."""

    def __init__(self, val: Any = 0, *fields: Any, **named: Any) -> None:
        self.val = val
        for name, value in zip(_NODE_FIELDS, fields, strict=False):
            named[name] = value
        for name in _NODE_FIELDS:
            default: Any = [] if name in ("children", "neighbors") else None
            value = named.get(name)
            setattr(self, name, default if value is None else value)


_NODE_FIELDS: tuple[str, ...] = ()


class _CallFromOutside:
    """Calls a program with plain values and returns plain values."""

    def __init__(self, names: Any, spec: Any) -> None:
        self.names = names
        self.spec = spec
        self.given: dict[int, Any] = {}
        self.by_value = False

    def call(self, *args: Any) -> Any:
        if self.spec["class"]:
            return self.operations(*args)
        solution = self.names.get("Solution")
        name = self.spec["name"]
        if isinstance(solution, type) and hasattr(solution, name):
            function = getattr(solution(), name)
        else:
            function = self.names[name]
        values = self.arguments(args, self.spec["parameters"])
        result = function(*values)
        if self.spec["returns"] is None and result is None:
            return self.plain(values[0], self.spec["parameters"][0])
        return self.plain(result, self.spec["returns"])

    def operations(self, names: Any, arguments: Any) -> Any:
        """Make the object, call its methods in turn, and return what each gives."""
        results: list[Any] = []
        subject = None
        for number, (name, args) in enumerate(zip(names, arguments, strict=True)):
            kinds = self.spec["methods"].get("__init__" if number == 0 else name, ([], None))
            values = self.arguments(args, kinds[0])
            if number == 0:
                subject = self.names[name](*values)
                results.append(None)
            else:
                results.append(self.plain(getattr(subject, name)(*values), kinds[1]))
        return results

    def arguments(self, args: Any, kinds: Any) -> Any:
        kinds = list(kinds) + [None] * (len(args) - len(kinds))
        if len(args) > len(self.spec["parameters"]) > 0 and kinds[0] == "ListNode":
            # The position that the tail points to is printed like an argument and is none.
            return [self.cyclic(args[0], args[-1])]
        values: list[Any] = []
        for kind, value in zip(kinds, args, strict=False):
            if kind == "TreeNode" and isinstance(value, int) and values:
                self.by_value = True
                values.append(self.found(values[0], value))
            else:
                values.append(self.made(value, kind))
        return values

    def cyclic(self, items: Any, position: Any) -> Any:
        head = self.made(items, "ListNode")
        nodes = []
        node = head
        while node is not None:
            nodes.append(node)
            node = node.next
        if nodes and 0 <= position < len(nodes):
            nodes[-1].next = nodes[position]
        return head

    def found(self, root: Any, value: Any) -> Any:
        """Return the node of a tree with a value, as ``p = 5`` means it."""
        pending = [root]
        while pending:
            node = pending.pop()
            if node is not None:
                if node.val == value:
                    return node
                pending += [node.left, node.right]
        raise ValueError(f"the tree has no node with the value {value!r}")

    def made(self, value: Any, kind: Any) -> Any:
        if isinstance(kind, list):
            return [self.made(item, kind[0]) for item in value]
        if kind is None or value is None:
            return value
        return getattr(self, "make_" + kind)(value)

    def plain(self, value: Any, kind: Any) -> Any:
        if isinstance(kind, list):
            return [self.plain(item, kind[0]) for item in value]
        if kind is None:
            return value
        if value is None:
            return None if self.by_value or kind in ("children",) else []
        if self.by_value:
            return value.val
        return getattr(self, "plain_" + kind)(value)

    def make_ListNode(self, items: Any) -> Any:
        head = None
        for item in reversed(items):
            head = self.names["ListNode"](item, head)
        return head

    def plain_ListNode(self, node: Any) -> Any:
        items: list[Any] = []
        seen = set()
        while node is not None:
            if id(node) in seen or len(items) > _MOST_NODES:
                return "a list with a cycle"
            seen.add(id(node))
            items.append(node.val)
            node = node.next
        return items

    def make_TreeNode(self, items: Any) -> Any:
        return self.tree(items, self.names["TreeNode"])

    def make_left_right(self, items: Any) -> Any:
        return self.tree(items, self.names["Node"])

    def tree(self, items: Any, kind: Any) -> Any:
        if not items or items[0] is None:
            return None
        root = kind(items[0])
        waiting = collections.deque([root])
        rest = iter(items[1:])
        while waiting:
            node = waiting.popleft()
            for side in ("left", "right"):
                value = next(rest, None)
                if value is not None:
                    child = kind(value)
                    setattr(node, side, child)
                    waiting.append(child)
        return root

    def plain_TreeNode(self, root: Any) -> Any:
        items: list[Any] = []
        waiting, n_seen = collections.deque([root]), 0
        while waiting:
            node = waiting.popleft()
            n_seen += 1
            if n_seen > _MOST_NODES:
                return "a tree with a cycle"
            items.append(None if node is None else node.val)
            if node is not None:
                waiting += [node.left, node.right]
        while items and items[-1] is None:
            items.pop()
        return items

    plain_left_right = plain_TreeNode

    def make_children(self, items: Any) -> Any:
        if not items:
            return None
        root = self.names["Node"](items[0], [])
        waiting = collections.deque([root])
        for item in items[2:]:
            if item is None:
                waiting.popleft()
            else:
                child = self.names["Node"](item, [])
                waiting[0].children.append(child)
                waiting.append(child)
        return root

    def plain_children(self, root: Any) -> Any:
        items: list[Any] = [root.val, None]
        waiting = collections.deque([root])
        while waiting and len(items) <= _MOST_NODES:
            node = waiting.popleft()
            items += [child.val for child in node.children or ()]
            items.append(None)
            waiting += node.children or ()
        while items and items[-1] is None:
            items.pop()
        return items

    def make_neighbors(self, lists: Any) -> Any:
        nodes = [self.names["Node"](number, []) for number in range(1, len(lists) + 1)]
        for node, numbers in zip(nodes, lists, strict=True):
            node.neighbors = [nodes[number - 1] for number in numbers]
        self.given = {id(node): node for node in nodes}
        return nodes[0] if nodes else None

    def plain_neighbors(self, node: Any) -> Any:
        found: dict[int, Any] = {}
        waiting = [node]
        while waiting and len(found) <= _MOST_NODES:
            node = waiting.pop()
            if id(node) in self.given:
                return "a node of the graph that was given"
            if node.val not in found:
                found[node.val] = [other.val for other in node.neighbors]
                waiting += node.neighbors
        return [found.get(number) for number in range(1, len(found) + 1)]

    def make_random(self, pairs: Any) -> Any:
        nodes = [self.names["Node"](value) for value, _ in pairs]
        for node, following in pairwise(nodes):
            node.next = following
        for node, (_, index) in zip(nodes, pairs, strict=True):
            node.random = None if index is None else nodes[index]
        self.given = {id(node): node for node in nodes}
        return nodes[0] if nodes else None

    def plain_random(self, node: Any) -> Any:
        nodes: list[Any] = []
        places: dict[int, int] = {}
        while node is not None:
            if id(node) in self.given or id(node) in places:
                return "a node of the list that was given, or a cycle"
            places[id(node)] = len(nodes)
            nodes.append(node)
            node = node.next
        return [
            [node.val, None if node.random is None else places.get(id(node.random), "elsewhere")]
            for node in nodes
        ]
