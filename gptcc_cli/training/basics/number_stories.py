"""Tasks about a few integers, told as contests tell them. Parameters as in ``numbers``."""

from gptcc_cli.training.basics.task import task


@task(
    "Lena bakes a trays of b rolls each and eats two rolls herself. How many rolls can she sell? If "
    "there are fewer than two, she sells none."
)
def rolls_to_sell(a: int, b: int) -> int:
    return max(0, a * b - 2)


@task(
    "A lift carries at most b kilograms, and a porter brings boxes of one kilogram, a of them. "
    "Print how many trips are needed to bring all of them upstairs."
)
def lift_trips(a: int, b: int) -> int:
    return (a + b - 1) // b


@task(
    "Two candles are a and b centimetres long, and each loses one centimetre an hour. They are lit "
    "together. For how many hours does exactly one of them burn?"
)
def lonely_candle(a: int, b: int) -> int:
    return abs(a - b)


@task(
    "Mira has a red and b blue beads. A bracelet needs two red beads and one blue bead. How many "
    "bracelets can she make?"
)
def bracelets(a: int, b: int) -> int:
    return min(a // 2, b)


@task(
    "A gardener plants a trees in rows of b. Print the number of full rows and the number of trees "
    "left over."
)
def tree_rows(a: int, b: int) -> list[int]:
    return [a // b, a % b]


@task(
    "Tom and Ada play with dice. Tom has a points and Ada has b. The one with more points wins. "
    'Print "Tom", "Ada" or "Draw".'
)
def dice_winner(a: int, b: int) -> str:
    if a > b:
        return "Tom"
    if b > a:
        return "Ada"
    return "Draw"


@task(
    "A snail climbs a pole of b metres. It climbs 3 metres by day and slips 1 metre by night. After "
    "how many days does it reach the top for the first time?"
)
def snail(a: int, b: int) -> int:
    height = 0
    days = 0
    while True:
        days += 1
        height += 3
        if height >= b:
            break
        height -= 1
    return days


@task(
    "The numbers a and b are written on two cards. You may add 1 to one of the cards as often as "
    "you like. How often must you do so, at least, to make the sum of both divisible by 5?"
)
def sum_by_five(a: int, b: int) -> int:
    return -(a + b) % 5


@task(
    "A club has n members. Every two of them shake hands once. How many handshakes are there?",
    "n teams play in a league, each against each other team once. Print the number of games.",
)
def handshakes(n: int) -> int:
    return n * (n - 1) // 2


@task(
    "Sofia has n candies and shares them between two friends so that both get equally many and at "
    'least one each, and nothing is left. Print "YES" if that can be done, "NO" otherwise.'
)
def fair_share(n: int) -> str:
    return "YES" if n % 2 == 0 and n > 0 else "NO"


@task(
    "A cash machine pays n coins' worth in notes of 10, 5 and 1, with as few notes as it can. Print "
    "the number of notes."
)
def notes(n: int) -> int:
    count = n // 10
    n %= 10
    count += n // 5
    count += n % 5
    return count


@task(
    "A frog sits at 0 and wants to reach n. It jumps 5 steps at a time as long as it does not jump "
    "too far, and then 1 step at a time. How many jumps does it make?"
)
def frog_jumps(n: int) -> int:
    return n // 5 + n % 5


@task(
    "Bacteria double every hour. There is one at the beginning. After how many full hours are "
    "there at least n of them?"
)
def doubling(n: int) -> int:
    hours = 0
    amount = 1
    while amount < n:
        amount *= 2
        hours += 1
    return hours


@task(
    "A stair of n steps is built of bricks: the first step needs one brick, the second two, and so "
    "on. How many bricks are needed for the whole stair?"
)
def stair_bricks(n: int) -> int:
    total = 0
    for i in range(1, n + 1):
        total += i
    return total


@task(
    "How many different pairs of positive integers p <= q have the sum n?",
    "A rope of n metres is cut into two pieces of whole metres. In how many ways can that be done, if "
    "the order of the pieces does not matter?",
)
def two_pieces(n: int) -> int:
    return n // 2


@task(
    "A page of a book is a mirror if its number reads the same from both sides. A book has pages 1 "
    "to n. How many of them are mirrors?"
)
def mirror_pages(n: int) -> int:
    return sum(1 for i in range(1, n + 1) if str(i) == str(i)[::-1])


@task(
    "Draw a triangle of stars with n lines: one star in the first line, two in the second, and so "
    "on; print the total number of stars in the lines with an odd number."
)
def odd_lines(n: int) -> int:
    return sum(range(1, n + 1, 2))


@task(
    "A ticket for a child costs x coins and for an adult y coins. A family buys z tickets for "
    "children and two for adults. What do they pay?"
)
def family_tickets(x: int, y: int, z: int) -> int:
    return x * z + 2 * y


@task(
    "Three brothers have x, y and z nuts. They put all nuts together and share them as equally as "
    "they can. How many nuts are left over?"
)
def nuts_left(x: int, y: int, z: int) -> int:
    return (x + y + z) % 3


@task(
    "x, y and z are the marks of a pupil in three tests. The pupil passes if at least two marks are "
    '50 or more. Print "pass" or "fail".'
)
def passes(x: int, y: int, z: int) -> str:
    good = 0
    for mark in (x, y, z):
        if mark >= 50:
            good += 1
    return "pass" if good >= 2 else "fail"


@task(
    "A tank holds x litres. It loses y litres every day, and once it is empty it stays so. Print how "
    "much is left after z days."
)
def tank(x: int, y: int, z: int) -> int:
    return max(0, x - y * z)


@task(
    "Three friends live at points x, y and z of a street and want to meet at one point. How far do "
    "they walk together, at least?"
)
def meeting(x: int, y: int, z: int) -> int:
    return max(x, y, z) - min(x, y, z)


@task(
    "You have z coins. An apple costs x coins and a pear y coins. What is the largest number of "
    "pieces of fruit you can buy?"
)
def fruit(x: int, y: int, z: int) -> int:
    return z // min(x, y)
