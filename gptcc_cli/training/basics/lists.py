"""Tasks about lists of integers. Parameters: ``n, a``; ``n, k, a``; ``a``; ``table``; ``numbers``."""

from gptcc_cli.training.basics.task import task


@task("Print the sum of the elements.", "Add up the numbers in the list.")
def total(n: int, a: list[int]) -> int:
    return sum(a)


@task("Print the largest element.", "n runners have scores. Print the highest one.")
def maximum(n: int, a: list[int]) -> int:
    return max(a)


@task("Print the smallest element.", "Which of the n prices is the lowest?")
def minimum(n: int, a: list[int]) -> int:
    return min(a)


@task("Print the difference between the largest and the smallest element.")
def spread(n: int, a: list[int]) -> int:
    return max(a) - min(a)


@task("Print the elements in increasing order.", "Sort the numbers from smallest to largest.")
def increasing(n: int, a: list[int]) -> list[int]:
    return sorted(a)


@task("Print the elements in decreasing order.")
def decreasing(n: int, a: list[int]) -> list[int]:
    return sorted(a, reverse=True)


@task("Print the elements in reverse order.", "Turn the list around.")
def backwards(n: int, a: list[int]) -> list[int]:
    return a[::-1]


@task("Print how many elements are even.", "Count the even numbers in the list.")
def count_even(n: int, a: list[int]) -> int:
    return sum(1 for x in a if x % 2 == 0)


@task("Print the sum of the odd elements. If there are none, print 0.")
def sum_odd(n: int, a: list[int]) -> int:
    return sum(x for x in a if x % 2 == 1)


@task("Print the number of different values.", "How many distinct numbers are there?")
def distinct(n: int, a: list[int]) -> int:
    return len(set(a))


@task("Print how many elements are greater than the average of all elements.")
def above_average(n: int, a: list[int]) -> int:
    return sum(1 for x in a if x * n > sum(a))


@task(
    "Print the position of the largest element, counted from 1. If there are several, print the first."
)
def place_of_maximum(n: int, a: list[int]) -> int:
    return a.index(max(a)) + 1


@task("Print the running totals: the sums of the first 1, 2, ..., n elements.")
def running_totals(n: int, a: list[int]) -> list[int]:
    totals = []
    current = 0
    for x in a:
        current += x
        totals.append(current)
    return totals


@task('Print "YES" if the list is sorted in non-decreasing order, otherwise "NO".')
def is_sorted(n: int, a: list[int]) -> str:
    for i in range(1, n):
        if a[i] < a[i - 1]:
            return "NO"
    return "YES"


@task("Print the largest sum of two neighbouring elements.")
def best_pair(n: int, a: list[int]) -> int:
    return max(a[i] + a[i + 1] for i in range(n - 1))


@task("Print the second largest different value, or -1 if all elements are equal.")
def second_largest(n: int, a: list[int]) -> int:
    values = sorted(set(a))
    if len(values) < 2:
        return -1
    return values[-2]


@task("Print the value that occurs most often. If there are several, print the smallest of them.")
def most_common(n: int, a: list[int]) -> int:
    best = min(a)
    for x in sorted(set(a)):
        if a.count(x) > a.count(best):
            best = x
    return best


@task("Print the length of the longest run of equal neighbouring elements.")
def longest_run(n: int, a: list[int]) -> int:
    best = 1
    length = 1
    for i in range(1, n):
        if a[i] == a[i - 1]:
            length += 1
        else:
            length = 1
        best = max(best, length)
    return best


@task("Print the largest sum of a part of the list that is not empty and has no gaps.")
def best_part(n: int, a: list[int]) -> int:
    best = a[0]
    current = a[0]
    for x in a[1:]:
        current = max(x, current + x)
        best = max(best, current)
    return best


@task("Print how many pairs of positions hold equal elements.")
def equal_pairs(n: int, a: list[int]) -> int:
    pairs = 0
    for i in range(n):
        for j in range(i + 1, n):
            if a[i] == a[j]:
                pairs += 1
    return pairs


@task("Print the k-th smallest element. Equal elements are counted each.")
def kth_smallest(n: int, k: int, a: list[int]) -> int:
    return sorted(a)[k - 1]


@task(
    "Print the sum of the k largest elements.",
    "You may take k of the n coins. Print the most they can be worth together.",
)
def best_k(n: int, k: int, a: list[int]) -> int:
    return sum(sorted(a, reverse=True)[:k])


@task("Print how many elements are at least k.")
def at_least(n: int, k: int, a: list[int]) -> int:
    return sum(1 for x in a if x >= k)


@task("Move the first k elements to the end of the list, and print it.")
def rotate(n: int, k: int, a: list[int]) -> list[int]:
    return a[k:] + a[:k]


@task("Print the largest sum of k neighbouring elements.")
def best_window(n: int, k: int, a: list[int]) -> int:
    return max(sum(a[i : i + k]) for i in range(n - k + 1))


@task('Print the position of the first element equal to k, counted from 1, or "none".')
def first_place(n: int, k: int, a: list[int]) -> str:
    return str(a.index(k) + 1) if k in a else "none"


@task("Print the sum of the numbers.", "Add up all numbers of the line.")
def line_total(a: list[int]) -> int:
    return sum(a)


@task("Print how many numbers there are.")
def line_count(a: list[int]) -> int:
    return len(a)


@task("Print the smallest and the largest number, separated by a space.")
def line_extremes(a: list[int]) -> list[int]:
    return [min(a), max(a)]


@task("Print every second number, beginning with the first.")
def every_second(a: list[int]) -> list[int]:
    return a[::2]


@task("Print each number doubled.", "Double every number of the line.")
def doubled(a: list[int]) -> list[int]:
    return [2 * x for x in a]


@task("Print the different numbers in the order in which they first appear.")
def without_repeats(a: list[int]) -> list[int]:
    seen = []
    for x in a:
        if x not in seen:
            seen.append(x)
    return seen


@task("Print the sum of each row, on one line.")
def row_sums(table: list[list[int]]) -> list[int]:
    return [sum(row) for row in table]


@task("Print the sum of each column, on one line.")
def column_sums(table: list[list[int]]) -> list[int]:
    return [sum(column) for column in zip(*table)]


@task("Print the largest number of the table.")
def table_maximum(table: list[list[int]]) -> int:
    return max(max(row) for row in table)


@task("Print the number of the row with the greatest sum, counted from 1; the first if several.")
def best_row(table: list[list[int]]) -> int:
    sums = [sum(row) for row in table]
    return sums.index(max(sums)) + 1


@task("Print the sum of all numbers of the input.")
def sum_of_lines(numbers: list[int]) -> int:
    return sum(numbers)


@task("Print the largest number of the input.")
def largest_line(numbers: list[int]) -> int:
    return max(numbers)


@task("Print how many numbers of the input are negative.")
def count_negative(numbers: list[int]) -> int:
    return sum(1 for x in numbers if x < 0)
