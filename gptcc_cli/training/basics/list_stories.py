"""Tasks about lists and text, told as stories. Parameters as elsewhere; also ``n, s``; ``pairs``."""

from gptcc_cli.training.basics.task import task


@task(
    "Vera writes down how many pages she read on each of n days. On how many days did she read more "
    "than on the day before?"
)
def better_days(n: int, a: list[int]) -> int:
    count = 0
    for i in range(1, n):
        if a[i] > a[i - 1]:
            count += 1
    return count


@task(
    "There are n boxes in a line with numbers on them. In one move you add 1 to the number on one box. "
    "How many moves make all numbers equal?",
    "n friends have some marbles each. A kind teacher gives them marbles until all have equally "
    "many. How many marbles does the teacher need, at least?",
)
def make_equal(n: int, a: list[int]) -> int:
    return max(a) * n - sum(a)


@task(
    "n children stand in a row. Two neighbours are a good pair if the sum of their numbers is even. "
    "Count the good pairs."
)
def good_pairs(n: int, a: list[int]) -> int:
    return sum(1 for i in range(n - 1) if (a[i] + a[i + 1]) % 2 == 0)


@task(
    "A judge removes the best and the worst of n scores, one of each, and adds up the others. Print the "
    "result."
)
def without_extremes(n: int, a: list[int]) -> int:
    return sum(a) - max(a) - min(a)


@task(
    "Print the lowest price that can be paid for two different items of the n items of a shop, "
    "whose prices are given."
)
def two_cheapest(n: int, a: list[int]) -> int:
    a.sort()
    return a[0] + a[1]


@task(
    "n heights are measured along a path. A peak is a point, not at either end, that is higher than "
    "both its neighbours. How many peaks are there?"
)
def peaks(n: int, a: list[int]) -> int:
    count = 0
    for i in range(1, n - 1):
        if a[i] > a[i - 1] and a[i] > a[i + 1]:
            count += 1
    return count


@task(
    "A shop writes down what it earned on each of n days. How long is the longest row of days "
    "in which each day was better than the one before?"
)
def longest_rise(n: int, a: list[int]) -> int:
    best = 1
    length = 1
    for i in range(1, n):
        if a[i] > a[i - 1]:
            length += 1
        else:
            length = 1
        best = max(best, length)
    return best


@task(
    "The list is a permutation if it has each of the numbers 1 to n exactly once. "
    'Print "YES" if it is one and "NO" if not.'
)
def permutation(n: int, a: list[int]) -> str:
    return "YES" if sorted(a) == list(range(1, n + 1)) else "NO"


@task(
    "Print the smallest positive integer that is not in the list.",
    "Seats are numbered from 1. The seats in the list are taken, some by mistake twice. What is the "
    "number of the first free seat?",
)
def first_free(n: int, a: list[int]) -> int:
    x = 1
    while x in a:
        x += 1
    return x


@task(
    "You start with the first number and go through the list. If a number is larger than what you "
    "hold, you take it instead. How often do you change what you hold?"
)
def changes(n: int, a: list[int]) -> int:
    held = a[0]
    count = 0
    for x in a[1:]:
        if x > held:
            held = x
            count += 1
    return count


@task(
    "Swap the first and the last element of the list and print it.",
    "The first and the last person in a queue change places. Print the queue.",
)
def swap_ends(n: int, a: list[int]) -> list[int]:
    a[0], a[-1] = a[-1], a[0]
    return a


@task("Print the sums of each element and the one that mirrors it: the first and last, and so on.")
def mirrored_sums(n: int, a: list[int]) -> list[int]:
    return [a[i] + a[n - 1 - i] for i in range(n)]


@task(
    "A boat carries at most two people and at most 100 kilograms; here everyone goes alone who "
    "weighs k or more, and the others go two by two. How many trips are made?"
)
def boat_trips(n: int, k: int, a: list[int]) -> int:
    heavy = sum(1 for x in a if x >= k)
    light = n - heavy
    return heavy + (light + 1) // 2


@task(
    "You have k coins and buy the cheapest things first. The prices are given. How many things can "
    "you buy?"
)
def shopping(n: int, k: int, a: list[int]) -> int:
    count = 0
    for x in sorted(a):
        if x <= k:
            k -= x
            count += 1
    return count


@task(
    "A runner loses strength: every hill in the list costs its height, and the runner starts with "
    "a strength of 10 times k. Print the number of hills passed before the strength would go below 0."
)
def hills(n: int, k: int, a: list[int]) -> int:
    strength = 10 * k
    passed = 0
    for x in a:
        if strength - x < 0:
            break
        strength -= x
        passed += 1
    return passed


@task(
    "Two people are friends if their numbers differ by exactly k. Print the number of pairs of friends."
)
def friends(n: int, k: int, a: list[int]) -> int:
    count = 0
    for i in range(n):
        for j in range(i + 1, n):
            if abs(a[i] - a[j]) == k:
                count += 1
    return count


@task("Add k to every element at an odd position (first, third, ...) and print the list.")
def lift_odd_places(n: int, k: int, a: list[int]) -> list[int]:
    return [a[i] + k if i % 2 == 0 else a[i] for i in range(n)]


@task(
    "A robot starts at 0. Each U in the string moves it up by one, each D down by one; other "
    "letters do nothing. Print where it ends."
)
def robot(n: int, s: str) -> int:
    return s.count("U") - s.count("D")


@task(
    "n lamps stand in a row; R is red and G is green. Print the number of places where two "
    "neighbours have the same colour.",
    "In the string s of length n, count how many characters equal the one right before them.",
)
def same_neighbours(n: int, s: str) -> int:
    return sum(1 for i in range(1, n) if s[i] == s[i - 1])


@task(
    'Two players, R and G, played n rounds. s tells who won each. Print "R" or "G" for the one '
    'who won more rounds, or "EQUAL".'
)
def rounds(n: int, s: str) -> str:
    red = s.count("R")
    green = s.count("G")
    if red > green:
        return "R"
    if green > red:
        return "G"
    return "EQUAL"


@task("Print the length of the longest part of s that has only the letter R.")
def longest_red(n: int, s: str) -> int:
    return max(len(part) for part in s.replace("U", "G").replace("D", "G").split("G"))


@task(
    "Print s with the first half and the second half swapped; a middle letter stays with the second."
)
def swap_halves(n: int, s: str) -> str:
    return s[n // 2 :] + s[: n // 2]


@task(
    "Each of n lines describes a rectangle by its sides. Print the sum of their areas.",
    "A shop sold goods: each line has a number of pieces and the price of one. What did it earn?",
)
def areas(pairs: list[list[int]]) -> int:
    return sum(x * y for x, y in pairs)


@task("Each line has two scores of one game. In how many games was the first score the higher one?")
def first_wins(pairs: list[list[int]]) -> int:
    count = 0
    for x, y in pairs:
        if x > y:
            count += 1
    return count


@task(
    "At each of n stops first x people leave a bus and then y people get on. The bus is empty at the "
    "start. What is the largest number of people in it at any time? It never goes below 0: if fewer are in it, "
    "all leave."
)
def bus_stops(pairs: list[list[int]]) -> int:
    people = 0
    most = 0
    for x, y in pairs:
        people = max(0, people - x)
        people += y
        most = max(most, people)
    return most


@task("Each line has two integers. Print the larger one of each line, all on one line.")
def larger_each(pairs: list[list[int]]) -> list[int]:
    return [max(x, y) for x, y in pairs]


@task(
    "Each line tells when a visit began and how long it took. Print the latest time at which one ended."
)
def latest_end(pairs: list[list[int]]) -> int:
    return max(x + y for x, y in pairs)


@task("Rooms for y people have x people in them. How many of the n rooms have space for two more?")
def free_rooms(pairs: list[list[int]]) -> int:
    return sum(1 for x, y in pairs if y - x >= 2)


@task(
    "Print the string with a dash between every two neighbouring characters.",
)
def dashed(s: str) -> str:
    return "-".join(s)


@task("Print the string without its first and its last character, or - if nothing is left.")
def peeled(s: str) -> str:
    return s[1:-1] or "-"


@task(
    "Shift every small letter by one in the alphabet: a becomes b, ..., z becomes a. Print the result."
)
def shifted(s: str) -> str:
    result = ""
    for c in s:
        if c.islower():
            result += chr((ord(c) - ord("a") + 1) % 26 + ord("a"))
        else:
            result += c
    return result


@task(
    "How many characters must be changed, at least, to turn s into t, if both are cut to the shorter length?"
)
def to_change(s: str, t: str) -> int:
    return sum(1 for c, d in zip(s, t) if c != d)


@task('Print "YES" if t is s written backwards, otherwise "NO".')
def is_reversed(s: str, t: str) -> str:
    return "YES" if t == s[::-1] else "NO"


@task("Print how many characters of s occur somewhere in t.")
def shared_letters(s: str, t: str) -> int:
    count = 0
    for c in s:
        if c in t:
            count += 1
    return count


@task(
    "Compare the strings without regard to case. Print -1 if s comes first, 1 if t does, and 0 if they are equal."
)
def compare_words(s: str, t: str) -> int:
    s = s.lower()
    t = t.lower()
    if s < t:
        return -1
    if s > t:
        return 1
    return 0


@task("Print the shortest word; if there are several, the last of them.")
def last_shortest(words: list[str]) -> str:
    best = words[0]
    for word in words:
        if len(word) <= len(best):
            best = word
    return best


@task("Print the words joined by underscores, in small letters.")
def snake(words: list[str]) -> str:
    return "_".join(word.lower() for word in words)


@task("Print the words with the first and the last word swapped.")
def swapped_words(words: list[str]) -> list[str]:
    words[0], words[-1] = words[-1], words[0]
    return words
