"""Conditions of letters, words, cells and table entries, and what can be asked about them."""

from gptcc_cli.training.basics.phrases import (
    adding,
    asking,
    changing,
    counting,
    deleting,
    dropping,
    joining,
    keeping,
    met_by,
    whether_all,
    whether_any,
)

OF_CHARACTERS = (
    met_by("vowel", 'c in "aeiouAEIOU"', "that are vowels"),
    met_by("consonant", 'c.isalpha() and c not in "aeiouAEIOU"', "that are consonants"),
    met_by("capital", "c.isupper()", "that are upper case letters", "that are capital letters"),
    met_by("lower", "c.islower()", "that are lower case letters", "that are small letters"),
    met_by("digit", "c.isdigit()", "that are digits"),
    met_by("letter", "c.isalpha()", "that are letters"),
    met_by("is_a", 'c == "a"', 'equal to "a"'),
    met_by("not_e", 'c != "e"', 'other than "e"'),
    met_by("like_first", "c == s[0]", "equal to the first character"),
    met_by("like_last", "c == s[-1]", "equal to the last character"),
    met_by("once", "s.count(c) == 1", "that occur exactly once"),
    met_by("twice", "s.count(c) > 1", "that occur at least twice"),
    met_by("before_m", 'c < "m"', 'with a smaller code than "m"'),
)

ABOUT_TEXTS = (
    counting(
        "letter_count",
        "for c in s",
        "Print the number of characters of s WHICH.",
        "How many characters does s have WHICH?",
    ),
    joining(
        "letter_keep",
        "for c in s",
        "Print only the characters of s WHICH, in their order, or - if there are none.",
    ),
    deleting(
        "letter_drop",
        "for c in s",
        "Delete the characters WHICH from the string and print it; if nothing is left print -.",
    ),
    asking(
        "letter_star",
        '"".join("*" if CONDITION else c for c in s)',
        'result = ""\nfor c in s:\n    if CONDITION:\n        result += "*"\n    else:\n'
        "        result += c\nresult",
        "Print the string with a * in place of the characters WHICH.",
        "Hide all characters WHICH: replace each by * and print the string.",
    ),
    asking(
        "letter_twice",
        '"".join(c + c if CONDITION else c for c in s)',
        'result = ""\nfor c in s:\n    result += c\n    if CONDITION:\n        result += c\nresult',
        "Write the characters WHICH twice and the others once, and print the string.",
    ),
    asking(
        "letter_place",
        "next((i + 1 for i, c in enumerate(s) if CONDITION), 0)",
        "place = 0\nfor i in range(len(s)):\n    c = s[i]\n"
        "    if CONDITION:\n        place = i + 1\n"
        "        break\nplace",
        "Print the position of the first of the characters WHICH, counted from 1, or 0.",
    ),
    whether_any(
        "letter_any",
        "for c in s",
        'Print "YES" if s has characters WHICH, otherwise "NO".',
    ),
    whether_all(
        "letter_all",
        "for c in s",
        'Print "YES" if s has only characters WHICH, otherwise "NO".',
    ),
)

OF_WORDS = (
    met_by("long", "len(word) > 5", "longer than 5 letters"),
    met_by("short", "len(word) <= 5", "that have at most 5 letters"),
    met_by("even", "len(word) % 2 == 0", "whose length is even"),
    met_by("vowel", 'word[0] in "aeiou"', "that begin with a vowel"),
    met_by("has_e", '"e" in word', "that contain the letter e"),
    met_by("no_a", '"a" not in word', "without the letter a"),
    met_by("ends", 'word[-1] == "r"', "that end in r"),
    met_by("like_first", "len(word) == len(words[0])", "that are as long as the first"),
    met_by("after", "word > words[0]", "that come after the first in alphabetical order"),
    met_by("twin", "len(set(word)) < len(word)", "in which some letter occurs twice"),
)

ABOUT_WORDS = (
    counting(
        "word_count",
        "for word in words",
        "Print the number of NOUNs WHICH.",
        "How many NOUNs are there WHICH?",
    ),
    keeping(
        "word_keep",
        "for word in words",
        '["-"]',
        "Print the NOUNs WHICH, or - if there are none.",
    ),
    dropping(
        "word_drop",
        "for word in words",
        '["-"]',
        "Leave out the NOUNs WHICH and print the others, or - if none is left.",
    ),
    asking(
        "word_longest",
        'max([word for word in words if CONDITION], key=len, default="-")',
        'best = ""\nfor word in words:\n    if CONDITION and len(word) > len(best):\n'
        '        best = word\nbest or "-"',
        "Print the longest of the NOUNs WHICH (the first if several), or - if there is none.",
    ),
    adding(
        "word_total",
        "len(word)",
        "for word in words",
        "Print how many letters the NOUNs WHICH have together.",
    ),
    changing(
        "word_shout",
        "word.upper()",
        "for word in words",
        "Print all NOUNs, those WHICH in capital letters.",
    ),
    asking(
        "word_turn",
        "[word[::-1] if CONDITION else word for word in words]",
        "result = []\nfor word in words:\n    if CONDITION:\n        word = word[::-1]\n"
        "    result.append(word)\nresult",
        "Reverse the NOUNs WHICH, leave the others, and print all.",
        many=True,
    ),
)

OF_CELLS = (
    met_by("tree", 'c == "#"', "that are #", "marked with #"),
    met_by("star", 'c == "*"', "that are *", "marked with a star (*)"),
    met_by("taken", 'c != "."', "that are not empty (.)", "other than a dot"),
)

ABOUT_GRIDS = (
    counting(
        "cell_count",
        "for row in rows for c in row",
        "Print the number of cells WHICH.",
    ),
    asking(
        "cell_rows",
        "[sum(1 for c in row if CONDITION) for row in rows]",
        "counts = []\nfor row in rows:\n"
        "    counts.append(sum(1 for c in row if CONDITION))\ncounts",
        "For each row print the number of cells WHICH, all on one line.",
        many=True,
    ),
    asking(
        "cell_best",
        "max(sum(1 for c in row if CONDITION) for row in rows)",
        "best = 0\nfor row in rows:\n    best = max(best, sum(1 for c in row if CONDITION))\nbest",
        "Print the largest number of cells in one row WHICH.",
    ),
    asking(
        "cell_full",
        "sum(1 for row in rows if all(CONDITION for c in row))",
        "full = 0\nfor row in rows:\n    if all(CONDITION for c in row):\n        full += 1\nfull",
        "Print how many rows have only cells WHICH.",
    ),
    asking(
        "cell_with",
        "sum(1 for row in rows if any(CONDITION for c in row))",
        "found = 0\nfor row in rows:\n"
        "    if any(CONDITION for c in row):\n        found += 1\nfound",
        "Print how many rows have at least one of the cells WHICH.",
    ),
    asking(
        "cell_columns",
        "sum(1 for column in zip(*rows) if any(CONDITION for c in column))",
        "found = 0\nfor column in zip(*rows):\n    if any(CONDITION for c in column):\n"
        "        found += 1\nfound",
        "Print how many columns have at least one of the cells WHICH.",
    ),
)

OF_ENTRIES = (
    met_by("even", "x % 2 == 0", "that are even"),
    met_by("above_nine", "x > 9", "greater than 9"),
    met_by("small", "x < 5", "less than 5"),
    met_by("by_three", "x % 3 == 0", "divisible by 3"),
)

ABOUT_TABLES = (
    counting(
        "entry_count",
        "for row in table for x in row",
        "Print how many numbers of the table there are WHICH.",
    ),
    adding(
        "entry_total",
        "x",
        "for row in table for x in row",
        "Print the sum of the numbers of the table WHICH.",
    ),
    asking(
        "entry_rows",
        "[sum(x for x in row if CONDITION) for row in table]",
        "sums = []\nfor row in table:\n    sums.append(sum(x for x in row if CONDITION))\nsums",
        "For each row print the sum of its numbers WHICH, all on one line.",
        many=True,
    ),
    asking(
        "entry_best",
        "max(sum(1 for x in row if CONDITION) for row in table)",
        "best = 0\nfor row in table:\n    best = max(best, sum(1 for x in row if CONDITION))\nbest",
        "In one row, what is the largest count of numbers WHICH?",
    ),
)

ALSO_ABOUT_NAMES = tuple(
    one for one in ABOUT_WORDS if one.name in ("word_count", "word_longest", "word_total")
)
