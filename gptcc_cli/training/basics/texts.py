"""Tasks about text. Parameters: ``s``; ``s, t``; ``words``; ``names``; ``rows``."""

from gptcc_cli.training.basics.task import task


@task("Print the string backwards.", "Reverse the string s.")
def reverse(s: str) -> str:
    return s[::-1]


@task("Print the length of the string.", "How many characters does s have?")
def length(s: str) -> int:
    return len(s)


@task("Print the string in upper case.", "Write s in capital letters.")
def capitals(s: str) -> str:
    return s.upper()


@task(
    'Print "YES" if the string reads the same backwards, otherwise "NO".',
    'Is s a palindrome? Print "YES" or "NO".',
)
def palindrome(s: str) -> str:
    return "YES" if s == s[::-1] else "NO"


@task("Print how many vowels (a, e, i, o, u in either case) the string has.")
def vowels(s: str) -> int:
    return sum(1 for c in s.lower() if c in "aeiou")


@task("Print the number of different characters in the string.")
def different_characters(s: str) -> int:
    return len(set(s))


@task("Print the characters of the string in alphabetical order (by their codes).")
def sorted_characters(s: str) -> str:
    return "".join(sorted(s))


@task("Print the string with upper case letters made lower case, and the other way round.")
def swap_case(s: str) -> str:
    return s.swapcase()


@task("Print the string with every character written twice.")
def twice(s: str) -> str:
    return "".join(c * 2 for c in s)


@task(
    "Print the string without its vowels (a, e, i, o, u in either case); if nothing is left, print EMPTY."
)
def drop_vowels(s: str) -> str:
    left = "".join(c for c in s if c.lower() not in "aeiou")
    return left if left else "EMPTY"


@task("Print the first and the last character of the string next to each other.")
def ends(s: str) -> str:
    return s[0] + s[-1]


@task(
    "Print the character that occurs most often in s; of several, the one with the smallest code."
)
def most_frequent(s: str) -> str:
    best = min(s)
    for c in sorted(set(s)):
        if s.count(c) > s.count(best):
            best = c
    return best


@task(
    "Replace each run of equal characters by the character and the length of the run, and print the result."
)
def run_lengths(s: str) -> str:
    result = ""
    i = 0
    while i < len(s):
        j = i
        while j < len(s) and s[j] == s[i]:
            j += 1
        result += s[i] + str(j - i)
        i = j
    return result


@task("Print the sum of the digits that occur in the string; other characters count nothing.")
def digits_in_text(s: str) -> int:
    return sum(int(c) for c in s if c.isdigit())


@task("Print the length of the longest run of equal characters.")
def longest_equal_run(s: str) -> int:
    best = 1
    current = 1
    for i in range(1, len(s)):
        if s[i] == s[i - 1]:
            current += 1
            best = max(best, current)
        else:
            current = 1
    return best


@task("Print s followed by t.", "Join the two strings.")
def join_two(s: str, t: str) -> str:
    return s + t


@task('Print "YES" if t occurs inside s, otherwise "NO".')
def contains(s: str, t: str) -> str:
    return "YES" if t in s else "NO"


@task('Print "YES" if s and t are made of the same letters, each as often, otherwise "NO".')
def anagrams(s: str, t: str) -> str:
    return "YES" if sorted(s) == sorted(t) else "NO"


@task("Print the number of places at which s and t have the same character.")
def same_places(s: str, t: str) -> int:
    return sum(1 for c, d in zip(s, t) if c == d)


@task("Print the longer of the two strings; if they are equally long, print the first.")
def longer_text(s: str, t: str) -> str:
    return s if len(s) >= len(t) else t


@task("Print the longest beginning that both strings share, or - if there is none.")
def common_beginning(s: str, t: str) -> str:
    i = 0
    while i < len(s) and i < len(t) and s[i] == t[i]:
        i += 1
    return s[:i] if i else "-"


@task("Print the number of words.", "How many words are in the line?")
def count_words(words: list[str]) -> int:
    return len(words)


@task("Print the longest word; if there are several, print the first of them.")
def longest_word(words: list[str]) -> str:
    return max(words, key=len)


@task("Print the words in reverse order, separated by spaces.")
def reversed_words(words: list[str]) -> list[str]:
    return words[::-1]


@task("Print the words in alphabetical order, separated by spaces.")
def sorted_words(words: list[str]) -> list[str]:
    return sorted(words)


@task("Print the first letters of the words, one after the other, in upper case.")
def initials(words: list[str]) -> str:
    return "".join(word[0].upper() for word in words)


@task("Print the length of each word, separated by spaces.")
def word_lengths(words: list[str]) -> list[int]:
    return [len(word) for word in words]


@task("Print every word backwards, but keep the words in their order.")
def each_backwards(words: list[str]) -> list[str]:
    return [word[::-1] for word in words]


@task("Print the number of words that begin and end with the same letter.")
def same_ends(words: list[str]) -> int:
    return sum(1 for word in words if word[0] == word[-1])


@task("Print the number of different names.", "How many different people signed the list?")
def different_names(names: list[str]) -> int:
    return len(set(names))


@task("Print the names in alphabetical order on one line, separated by spaces.")
def roll_call(names: list[str]) -> list[str]:
    return sorted(names)


@task("Print the name that comes first in alphabetical order.")
def first_name(names: list[str]) -> str:
    return min(names)


@task("Print the number of cells that are #.", "Each # is a tree. How many trees are there?")
def count_trees(rows: list[str]) -> int:
    return sum(row.count("#") for row in rows)


@task("Print the number of rows that have no # at all.")
def clear_rows(rows: list[str]) -> int:
    return sum(1 for row in rows if "#" not in row)


@task("Print the number of columns that have at least one *.")
def starred_columns(rows: list[str]) -> int:
    return sum(1 for column in zip(*rows) if "*" in column)


@task("Print the largest number of dots in one row.")
def most_dots(rows: list[str]) -> int:
    return max(row.count(".") for row in rows)
