"""Records in the forms of the known benchmarks; every problem here is our own."""

from typing import Any

APPS_STDIN: dict[str, Any] = {
    "problem_id": 3,
    "question": "Read two integers and print their sum.\n\n-----Input-----\n\nTwo integers."
    "\n\n-----Output-----\n\nTheir sum.\n\n-----Example-----\nInput\n1 2\n\nOutput\n3",
    "solutions": '["a, b = map(int, input().split())\\nprint(a + b)\\n"]',
    "input_output": '{"inputs": ["1 2\\n", "5 -7\\n"], "outputs": ["3\\n", "-2\\n"]}',
    "difficulty": "introductory",
    "url": "https://www.example.org/problems/3",
    "starter_code": "",
}
APPS_CALL: dict[str, Any] = {
    "problem_id": 12,
    "question": "Write a function that doubles a number.",
    "solutions": '["def double(x):\\n    return 2 * x\\n"]',
    "input_output": '{"fn_name": "double", "inputs": [[1], [4]], "outputs": [2, 8]}',
    "difficulty": "interview",
    "url": None,
    "starter_code": "\ndef double(x):\n\t",
}
HUMANEVAL: dict[str, Any] = {
    "task_id": "HumanEval/900",
    "prompt": "def half(x):\n    return x / 2\n\n\ndef quarter(x):\n"
    '    """Divide by four.\n    >>> quarter(8)\n    2.0\n    """\n',
    "entry_point": "quarter",
    "canonical_solution": "    return half(half(x))\n",
    "test": "def check(candidate):\n    assert candidate(8) == half(4)\n",
}
MBPP: dict[str, Any] = {
    "task_id": 77,
    "split": "test",
    "text": "Write a function to add one.",
    "code": "def helper(x):\n    return x + 1\n\ndef add_one(x):\n    return helper(x)",
    "test_imports": ["import math"],
    "test_list": ["assert add_one(1) == 2", "assert math.isclose(add_one(0.5), 1.5)"],
    "test_setup_code": "",
}
