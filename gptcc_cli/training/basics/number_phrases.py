"""Conditions of numbers and digits, and what can be asked about those which meet them."""

from gptcc_cli.training.basics.phrases import (
    adding,
    asking,
    changing,
    counting,
    dropping,
    keeping,
    met_by,
    whether_all,
    whether_any,
)

OF_NUMBERS = (
    met_by("even", "x % 2 == 0", "that are even", "which are divisible by 2"),
    met_by("odd", "x % 2 == 1", "that are odd", "which are not even"),
    met_by("positive", "x > 0", "that are positive", "greater than zero"),
    met_by("negative", "x < 0", "that are negative", "below zero"),
    met_by("nonzero", "x != 0", "that are not zero"),
    met_by("by_three", "x % 3 == 0", "divisible by 3", "that are multiples of 3"),
    met_by("by_five", "x % 5 == 0", "divisible by 5", "that are multiples of five"),
    met_by("not_by_three", "x % 3 != 0", "that are not divisible by 3"),
    met_by("by_both", "x % 2 == 0 and x % 3 == 0", "divisible by both 2 and 3"),
    met_by("above_ten", "x > 10", "greater than 10", "that are more than 10"),
    met_by("below_seven", "x < 7", "less than 7", "smaller than 7"),
    met_by("at_least_five", "x >= 5", "that are at least 5", "not less than 5"),
    met_by("at_most_eight", "x <= 8", "that are at most 8", "not greater than 8"),
    met_by("three_to_nine", "3 <= x <= 9", "between 3 and 9 inclusive", "from 3 to 9"),
    met_by("outside", "x < 4 or x > 12", "that are less than 4 or greater than 12"),
    met_by("two_digits", "10 <= x <= 99", "that are positive and have exactly two digits"),
    met_by("last_digit_five", "x % 10 == 5", "with remainder 5 when divided by 10"),
    met_by("like_first", "x == a[0]", "equal to the first one"),
    met_by("above_first", "x > a[0]", "greater than the first one"),
    met_by("below_last", "x < a[-1]", "less than the last one"),
    met_by("above_mean", "x * n > sum(a)", "greater than the average of all of them"),
    met_by("below_maximum", "x < max(a)", "smaller than the largest one"),
    met_by("once", "a.count(x) == 1", "that occur exactly once"),
    met_by("repeated", "a.count(x) > 1", "that occur more than once"),
    met_by("above_k", "x > k", "greater than k", "that are more than k"),
    met_by("below_k", "x < k", "less than k"),
    met_by("by_k", "x % k == 0", "divisible by k", "that are multiples of k"),
    met_by("like_k", "x == k", "equal to k"),
    met_by("near_k", "abs(x - k) <= 3", "that differ from k by at most 3"),
)

ABOUT_LISTS = (
    counting(
        "count",
        "for x in a",
        "Print the number of elements WHICH.",
        "How many of the numbers are there WHICH?",
        "Count the elements WHICH.",
    ),
    adding(
        "total",
        "x",
        "for x in a",
        "Print the sum of the elements WHICH.",
        "Add up all numbers WHICH. If there are none, the sum is 0.",
    ),
    adding(
        "squares",
        "x * x",
        "for x in a",
        "Print the sum of the squares of the elements WHICH.",
    ),
    asking(
        "largest",
        "max([x for x in a if CONDITION], default=-1)",
        "chosen = [x for x in a if CONDITION]\nmax(chosen) if chosen else -1",
        "Print the largest of the elements WHICH, or -1 if there is none.",
        "Find the maximum among the numbers WHICH. If there are no such numbers, print -1.",
    ),
    asking(
        "smallest",
        "min([x for x in a if CONDITION], default=-1)",
        "chosen = [x for x in a if CONDITION]\nmin(chosen) if chosen else -1",
        "Print the smallest of the elements WHICH, or -1 if there is none.",
        "Find the minimum among the numbers WHICH. If there are no such numbers, print -1.",
    ),
    keeping(
        "keep",
        "for x in a",
        "[-1]",
        "Print the elements WHICH in their order, or -1 if there are none.",
        "Keep only the numbers WHICH and print them; print -1 if nothing is left.",
    ),
    dropping(
        "drop",
        "for x in a",
        "[-1]",
        "Remove the elements WHICH and print the others, or -1 if nothing is left.",
    ),
    asking(
        "any",
        '"YES" if any(CONDITION for x in a) else "NO"',
        "found = False\nfor x in a:\n    if CONDITION:\n        found = "
        'True\n"YES" if found else "NO"',
        'Print "YES" if there is at least one element among those WHICH, and "NO" otherwise.',
        "Is there any number among those WHICH? Print YES or NO.",
    ),
    asking(
        "first_place",
        "next((i + 1 for i, x in enumerate(a) if CONDITION), -1)",
        "place = -1\nfor i in range(n):\n    x = a[i]\n    if CONDITION:\n        place = i + 1\n"
        "        break\nplace",
        "Print the position of the first of the elements WHICH, counted from 1; "
        "-1 if there is none.",
    ),
    asking(
        "places",
        "[i + 1 for i, x in enumerate(a) if CONDITION] or [0]",
        "places = []\nfor i in range(n):\n    x = a[i]\n    if CONDITION:\n"
        "        places.append(i + 1)\nplaces or [0]",
        "Print the positions (from 1) of the elements WHICH, or 0 if there are none.",
        many=True,
    ),
    changing(
        "zero",
        "0",
        "for x in a",
        "Replace the elements WHICH by 0 and print the list.",
    ),
    changing(
        "double",
        "2 * x",
        "for x in a",
        "Double the elements WHICH, leave the others as they are, and print the list.",
    ),
    asking(
        "front",
        "[x for x in a if CONDITION] + [x for x in a if not (CONDITION)]",
        "front = [x for x in a if CONDITION]\nback = [x for x in a if not "
        "(CONDITION)]\nfront + back",
        "Print first the elements WHICH, then all others, each group in its order.",
        many=True,
    ),
    asking(
        "balance",
        "sum(x if CONDITION else -x for x in a)",
        "answer = 0\nfor x in a:\n    if CONDITION:\n        answer += x\n    else:\n"
        "        answer -= x\nanswer",
        "Take the sum of the elements WHICH, subtract the sum of all others, and print the result.",
    ),
    asking(
        "most",
        '"YES" if 2 * sum(1 for x in a if CONDITION) > n else "NO"',
        "count = 0\nfor x in a:\n    if CONDITION:\n        count += 1\n"
        '"YES" if 2 * count > n else "NO"',
        'Print "YES" if more than half of the elements are among those WHICH, otherwise "NO".',
    ),
    asking(
        "sorted",
        "sorted(x for x in a if CONDITION) or [-1]",
        "chosen = [x for x in a if CONDITION]\nchosen.sort()\nchosen or [-1]",
        "Print the elements WHICH in increasing order, or -1 if there are none.",
        many=True,
    ),
)

OF_DIGITS = (
    met_by("even", "int(c) % 2 == 0", "that are even"),
    met_by("odd", "int(c) % 2 == 1", "that are odd"),
    met_by("above_four", "int(c) > 4", "greater than 4"),
    met_by("below_three", "int(c) < 3", "less than 3"),
    met_by("not_zero", 'c != "0"', "that are not 0"),
    met_by("seven", 'c == "7"', "equal to 7"),
    met_by("like_last", "c == str(n)[-1]", "equal to the last digit"),
    met_by("by_three", "int(c) % 3 == 0", "divisible by 3"),
)

ABOUT_DIGITS = (
    counting(
        "digit_count",
        "for c in str(n)",
        "Print how many digits n has WHICH.",
        "Count the digits of n WHICH.",
    ),
    adding(
        "digit_total",
        "int(c)",
        "for c in str(n)",
        "Print the sum of the digits of n WHICH.",
    ),
    asking(
        "digit_largest",
        "max([int(c) for c in str(n) if CONDITION], default=-1)",
        "digits = [int(c) for c in str(n) if CONDITION]\nmax(digits) if digits else -1",
        "Print the largest of the digits of n WHICH, or -1 if it has none.",
    ),
    asking(
        "digit_drop",
        '"".join(c for c in str(n) if not (CONDITION)) or "-"',
        'left = ""\nfor c in str(n):\n    if not (CONDITION):\n        left += c\nleft or "-"',
        "Remove the digits WHICH from n and print what is left, or - if nothing is.",
    ),
    whether_any(
        "digit_any",
        "for c in str(n)",
        'Print "YES" if n has digits WHICH, otherwise "NO".',
    ),
)

OF_RANGES = (
    met_by("even", "i % 2 == 0", "that are even"),
    met_by("by_three", "i % 3 == 0", "divisible by 3"),
    met_by("by_four", "i % 4 == 0", "that are multiples of 4"),
    met_by("three_or_five", "i % 3 == 0 or i % 5 == 0", "divisible by 3 or by 5"),
    met_by("by_seven_not_two", "i % 7 == 0 and i % 2 != 0", "divisible by 7 but not by 2"),
    met_by("end_in_one", "i % 10 == 1", "whose last digit is 1"),
    met_by("has_two", '"2" in str(i)', "that have the digit 2", "which contain a 2"),
    met_by("square", "int(i ** 0.5) ** 2 == i", "that are perfect squares"),
    met_by("same_digits", "len(set(str(i))) == 1", "whose digits are all the same"),
    met_by("mirrored", "str(i) == str(i)[::-1]", "that read the same from right to left"),
)

ABOUT_RANGES = (
    counting(
        "range_count",
        "for i in range(a, b + 1)",
        "Print how many integers from a to b there are WHICH.",
        "Count the integers between a and b (both included) WHICH.",
    ),
    adding(
        "range_total",
        "i",
        "for i in range(a, b + 1)",
        "Print the sum of all integers from a to b WHICH.",
    ),
    asking(
        "range_largest",
        "max([i for i in range(a, b + 1) if CONDITION], default=-1)",
        "best = -1\nfor i in range(a, b + 1):\n    if CONDITION:\n        best = i\nbest",
        "Print the largest of the integers from a to b WHICH, or -1 if there is none.",
    ),
    asking(
        "range_list",
        "[i for i in range(a, b + 1) if CONDITION][:5] or [0]",
        "found = []\nfor i in range(a, b + 1):\n    if CONDITION:\n        found.append(i)\n"
        "found[:5] or [0]",
        "Print the first five integers from a to b WHICH (fewer if there are fewer, 0 if there are "
        "none).",
        many=True,
    ),
)

OF_NEIGHBOURS = (
    met_by("rise", "a[i] > a[i - 1]", "greater than the one before it"),
    met_by("fall", "a[i] < a[i - 1]", "less than the one before it"),
    met_by("same", "a[i] == a[i - 1]", "equal to the one before it"),
    met_by("double", "a[i] == 2 * a[i - 1]", "twice as large as the one before it"),
    met_by("even_sum", "(a[i] + a[i - 1]) % 2 == 0", "whose sum with the one before it is even"),
    met_by("near", "abs(a[i] - a[i - 1]) <= 2", "that differs from the one before it by at most 2"),
    met_by("far", "abs(a[i] - a[i - 1]) > 5", "that differs from the one before it by more than 5"),
    met_by("record", "a[i] > max(a[:i])", "greater than all before it"),
    met_by("new_low", "a[i] < min(a[:i])", "smaller than all before it"),
    met_by("seen", "a[i] in a[:i]", "that has occurred before"),
)

ABOUT_NEIGHBOURS = (
    counting(
        "step_count",
        "for i in range(1, n)",
        "From the second element on, count every element WHICH.",
        "The first element is skipped. How many times is there an element WHICH?",
    ),
    adding(
        "step_total",
        "a[i]",
        "for i in range(1, n)",
        "From the second element on, add up every element WHICH, and print the sum.",
    ),
    asking(
        "step_place",
        "next((i + 1 for i in range(1, n) if CONDITION), -1)",
        "answer = -1\nfor i in range(1, n):\n    if CONDITION:\n        answer = i + 1\n"
        "        break\nanswer",
        "Print the position (from 1) of the first element, after the very first, WHICH; or -1.",
    ),
    whether_all(
        "step_all",
        "for i in range(1, n)",
        'Print "YES" if each element but the first is an element WHICH, otherwise "NO".',
    ),
)
