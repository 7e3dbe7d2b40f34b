"""What a statement's own words say about answers, and what they don't."""

import pytest

from gptcc_cli.problem import AnswerRules, Order
from gptcc_cli.statement.answers import read_answer_rules


@pytest.mark.parametrize(
    ("words", "rules"),
    [
        ("Print the edges in any order.", AnswerRules(order=Order.LINES)),
        ("For each test print a line of integers in any order.", AnswerRules(order=Order.ITEMS)),
        ("Print m indices. You may output indices in any order.", AnswerRules(order=Order.ITEMS)),
        ("Print pairs of two numbers in any order.", AnswerRules(order=Order.LINES)),
        ("You may output the lines in any order.", AnswerRules(order=Order.LINES)),
        ("Return the answer in any order.", AnswerRules(order=Order.ANY)),
        ("Выведите делители в любом порядке.", AnswerRules(order=Order.ITEMS)),
        ("The next line holds n numbers in arbitrary order.", AnswerRules()),
        ("Moves may be done in any order, any number of times.", AnswerRules()),
        ("If there are several answers, print any of them.", AnswerRules(special_judge=True)),
        ("Any of them will be accepted.", AnswerRules(special_judge=True)),
        ("A player may choose any pile.", AnswerRules()),
        ("Print no other words and no extra spaces in any line.", AnswerRules()),
        ("You can print each letter in any case.", AnswerRules(ignore_case=True)),
        ("Print YES or NO in any register.", AnswerRules(ignore_case=True)),
        ("The answer is case-insensitive.", AnswerRules(ignore_case=True)),
        ("The user names are case-insensitive.", AnswerRules()),
        ("In any case, the cat sleeps.", AnswerRules()),
        ("An absolute error of at most 10^-6 is fine.", AnswerRules(tolerance=1e-6)),
        ("The relative error must not exceed 1e-9.", AnswerRules(tolerance=1e-9)),
        ("Абсолютная погрешность не больше 10^{-4}.", AnswerRules(tolerance=1e-4)),
        ("The array has 10^-6 parts.", AnswerRules()),
        ("如果有多组解，输出任意一组即可。", AnswerRules(special_judge=True)),
        ("若有多組解，請輸出字典序最小的解。", AnswerRules()),
        ("你可以按任意顺序返回答案。", AnswerRules(order=Order.ANY)),
        ("他们按任意顺序坐下。", AnswerRules()),
        ("绝对误差或相对误差不超过 $10^{-6}$ 即可。", AnswerRules(tolerance=1e-6)),
        ("答えが複数ある場合、どれを出力しても良い。", AnswerRules(special_judge=True)),
        ("絶対誤差または相対誤差が 10^{-9} 以下", AnswerRules(tolerance=1e-9)),
        ("답이 여러 가지인 경우에는 아무거나 출력한다.", AnswerRules(special_judge=True)),
        ("절대/상대 오차는 10^-6까지 허용한다.", AnswerRules(tolerance=1e-6)),
        ("Если решений несколько, выведите любое из них.", AnswerRules(special_judge=True)),
        ("Si hay varias, imprime cualquiera de ellas.", AnswerRules(special_judge=True)),
        ("Devuelve la lista en cualquier orden.", AnswerRules(order=Order.ANY)),
        ("Se houver várias, imprima qualquer uma delas.", AnswerRules(special_judge=True)),
        ("S'il y en a plusieurs, affichez n'importe laquelle.", AnswerRules(special_judge=True)),
        ("Gib bei mehreren Lösungen eine beliebige aus.", AnswerRules(special_judge=True)),
        ("Wypisz dowolną z nich.", AnswerRules(special_judge=True)),
        ("Nếu có nhiều, in ra bất kỳ đáp án nào.", AnswerRules(special_judge=True)),
    ],
)
def test_rules_follow_the_words(words: str, rules: AnswerRules) -> None:
    assert read_answer_rules(f"A story.\n\n{words}\n") == rules
