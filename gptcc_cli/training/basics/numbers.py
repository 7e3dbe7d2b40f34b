"""Tasks about a few integers. Parameters: ``n``; ``a, b``; ``x, y, z``."""

from gptcc_cli.training.basics.task import task


@task("Print the sum of a and b.", "Given two integers a and b, find their sum.", "Add a and b.")
def add(a: int, b: int) -> int:
    return a + b


@task("Print the product of a and b.", "A box holds a rows of b eggs. How many eggs are there?")
def multiply(a: int, b: int) -> int:
    return a * b


@task(
    "Print the difference between a and b, without its sign.",
    "Two friends live in houses number a and b of one street. How many houses apart are they?",
)
def distance(a: int, b: int) -> int:
    return abs(a - b)


@task("Print the larger of a and b.", "Two scores a and b are given. Print the better one.")
def larger(a: int, b: int) -> int:
    return max(a, b)


@task("Print a divided by b, rounded down, and the remainder, separated by a space.")
def quotient_and_remainder(a: int, b: int) -> list[int]:
    return [a // b, a % b]


@task(
    "A bus takes b people. How many buses are needed for a people?",
    "Divide a by b and round up.",
)
def buses(a: int, b: int) -> int:
    return (a + b - 1) // b


@task('Print "YES" if a is divisible by b, otherwise print "NO".')
def divisible(a: int, b: int) -> str:
    return "YES" if a % b == 0 else "NO"


@task("Print the greatest common divisor of a and b.")
def greatest_common_divisor(a: int, b: int) -> int:
    while b:
        a, b = b, a % b
    return a


@task("Print the least common multiple of a and b.")
def least_common_multiple(a: int, b: int) -> int:
    x, y = a, b
    while y:
        x, y = y, x % y
    return a * b // x


@task('Print "<" if a is less than b, ">" if it is greater, and "=" if they are equal.')
def compare(a: int, b: int) -> str:
    if a < b:
        return "<"
    if a > b:
        return ">"
    return "="


@task("Print the area and the perimeter of a rectangle with sides a and b.")
def rectangle(a: int, b: int) -> list[int]:
    return [a * b, 2 * (a + b)]


@task("Print the sum of all integers between a and b, both included. Either may be the smaller.")
def sum_between(a: int, b: int) -> int:
    return sum(range(min(a, b), max(a, b) + 1))


@task('Print "Even" if n is even and "Odd" if it is odd.', "Is n even? Answer Even or Odd.")
def parity(n: int) -> str:
    return "Even" if n % 2 == 0 else "Odd"


@task("Print n squared.", "A square has sides of length n. Print its area.")
def squared(n: int) -> int:
    return n * n


@task("Print the sum of the integers from 1 to n.", "Compute 1 + 2 + ... + n.")
def sum_to(n: int) -> int:
    return n * (n + 1) // 2


@task("Print the sum of the digits of n.", "Add up the decimal digits of n.")
def digit_sum(n: int) -> int:
    return sum(int(digit) for digit in str(n))


@task("Print how many digits n has.")
def digit_count(n: int) -> int:
    return len(str(n))


@task("Print n with its digits in reverse order. Leading zeros stay.")
def reversed_digits(n: int) -> str:
    return str(n)[::-1]


@task("Print all divisors of n in increasing order, separated by spaces.")
def divisors(n: int) -> list[int]:
    return [d for d in range(1, n + 1) if n % d == 0]


@task("Print the number of divisors of n.")
def divisor_count(n: int) -> int:
    return sum(1 for d in range(1, n + 1) if n % d == 0)


@task('Print "prime" if n is a prime number, otherwise print "composite". 1 counts as composite.')
def primality(n: int) -> str:
    if n < 2:
        return "composite"
    d = 2
    while d * d <= n:
        if n % d == 0:
            return "composite"
        d += 1
    return "prime"


@task("Print the integers from 1 to n on one line, separated by spaces.")
def count_up(n: int) -> list[int]:
    return list(range(1, n + 1))


@task("Print the integers from n down to 1 on one line.", "Count down from n to 1 on one line.")
def count_down(n: int) -> list[int]:
    return list(range(n, 0, -1))


@task("Print n in binary, without leading zeros.", "Convert n to base 2.")
def binary(n: int) -> str:
    return bin(n)[2:]


@task("Print the number of ones in the binary form of n.")
def ones(n: int) -> int:
    return bin(n).count("1")


@task(
    "Start with n. While it is not 1, halve it if it is even, and otherwise replace it by 3n + 1. "
    "Print the number of steps."
)
def steps_to_one(n: int) -> int:
    steps = 0
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps


@task("n minutes have passed since midnight. Print the hour and the minute, separated by a space.")
def clock(n: int) -> list[int]:
    return [n // 60 % 24, n % 60]


@task(
    "For n divisible by 3 print Fizz, by 5 Buzz, by both FizzBuzz, and n itself otherwise.",
)
def fizz_buzz(n: int) -> str:
    if n % 15 == 0:
        return "FizzBuzz"
    if n % 3 == 0:
        return "Fizz"
    if n % 5 == 0:
        return "Buzz"
    return str(n)


@task("Print the largest of x, y and z.")
def largest_of_three(x: int, y: int, z: int) -> int:
    return max(x, y, z)


@task("Print x, y and z from smallest to largest.", "Sort the three numbers.")
def sort_three(x: int, y: int, z: int) -> list[int]:
    return sorted([x, y, z])


@task("Print the middle one of x, y and z, the one that is neither smallest nor largest.")
def middle_of_three(x: int, y: int, z: int) -> int:
    return sorted([x, y, z])[1]


@task('Print "YES" if a triangle can have sides x, y and z with a positive area, else "NO".')
def triangle(x: int, y: int, z: int) -> str:
    return "YES" if x + y > z and x + z > y and y + z > x else "NO"


@task("A shop sells pens for x coins and books for y coins. You have z coins and buy as many pens "
      "as you can. Print how many coins are left.")  # fmt: skip
def coins_left(x: int, y: int, z: int) -> int:
    return z % x


@task("You have x coins and get y more every day. After how many days do you have at least z?")
def days_to_save(x: int, y: int, z: int) -> int:
    days = 0
    while x < z:
        x += y
        days += 1
    return days
