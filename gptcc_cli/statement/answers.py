"""What a statement says about answers that are right though they are not the same text.

Covers precision, case, order and "print any of them": in English by rules, in other languages by
the phrases of ``languages.ini``, which count only where an answer is spoken of and no "smallest"
or "first" takes them back. Judges no answer: that is ``checkers``. Looks only near the words that
matter, so a long text costs little.
"""

import re
from collections.abc import Iterator

from gptcc_cli.problem import AnswerRules, Order
from gptcc_cli.statement.languages import is_english, late, lowered, vocabulary


def read_answer_rules(statement: str) -> AnswerRules:
    """Return the rules that a statement's own words make for its answers."""
    text = lowered(statement)
    return AnswerRules(
        tolerance=_tolerance(text),
        order=_order(text),
        ignore_case=_says(text, ("case", "register", "регистр"), _CASE, 90),
        special_judge=_says(text, _CHOICE_WORDS, _CHOICE, 60) or _has_phrase(text, "any_answer"),
    )


def near(text: str, words: tuple[str, ...], radius: int) -> Iterator[str]:
    """Yield what stands around each place where a word occurs, at most so often."""
    for word in words:
        at = -1
        for _ in range(_MOST):
            at = text.find(word, at + 1)
            if at < 0:
                break
            yield text[max(0, at - radius) : at + len(word) + radius]


def _says(text: str, words: tuple[str, ...], pattern: re.Pattern[str], radius: int) -> bool:
    return any(pattern.search(place) for place in near(text, words, radius))


def _has_phrase(text: str, key: str) -> bool:
    """Whether a phrase of the table stands in a sentence about the answer."""
    if is_english(text):
        return False
    for place in near(text, vocabulary().lists[key], _SENTENCE):
        if _ANSWERED.search(place) and not _TAKEN_BACK.search(place):
            return True
    return False


def _tolerance(text: str) -> float | None:
    """Return the largest error the statement allows, where it speaks of errors."""
    words = _ERROR_WORDS if is_english(text) else _ERROR_WORDS + _FOREIGN_ERROR_WORDS
    for place in near(text, words, 160):
        power = _POWER.search(place)
        if power:
            exponent = int(next(group for group in power.groups() if group))
            if 1 <= exponent <= 18:
                return float(f"1e-{exponent}")
        decimal = _DECIMAL.search(place)
        if decimal:
            return float(decimal.group())
    return None


def _order(text: str) -> Order:
    """Return what a statement lets come in any order.

    ``LINES`` where lines are named, or parts that take a line each, such as edges; ``ITEMS``
    where single things are named; ``ANY`` where the words do not say what.
    """
    for place in near(text, ("order", "поряд"), 140):
        if not any(word in place for word in _ORDER_WORDS):
            continue
        found = _ANY_ORDER.search(place)
        if found:
            named = [*_PERMUTED.finditer(place, found.start(), found.end())]
            if not named:
                return Order.ANY
            return Order.LINES if named[-1]["lines"] else Order.ITEMS
    return Order.ANY if _has_phrase(text, "any_order") else Order.EXACT


_MOST = 300
"""Places looked at for a word; no statement speaks of one thing more often."""
_SENTENCE = 45
"""Characters on either side of a phrase in which its sentence must speak of an answer."""
_ANSWERED = late(
    r"输出|返回|答案|輸出|回傳|出力|返|答え|解|출력|반환|답|вывод|вывед|вывест|верн|ответ|виве|повер|"
    r"imprim|escrib|devuelv|muestr|retorn|respuesta|resposta|affich|renvoy|répons|gib|gebe|ausgab|"
    r"antwort|lösung|wypisz|odpowied|stamp|restitu|soluzion|solu|yazd|in ra|trả về|cetak|keluarkan|"
    r"ispiši|vypište|afiș|kiír|megold|اطبع|چاپ"
)
_TAKEN_BACK = late(
    r"最小|最大|字典序|最短|最长|사전|가장|наименьш|наибольш|минимальн|лексикограф|перв\w+ из|"
    r"menor|mayor|maior|lexicogr|plus petit|kleinste|größte|najmniejsz|nhỏ nhất|terkecil|辞書順|"
    r"最も|più piccol"
)
_FOREIGN_ERROR_WORDS = (
    "误差", "誤差", "오차", "błąd", "fehler", "errore", "erreur", "erro", "sai số",
)  # fmt: skip
_ERROR_WORDS = (
    "error", "precision", "tolerance", "accura", "relative", "погрешност", "точност",
)  # fmt: skip
_POWER = late(
    r"10\s{0,3}(?:\^|\*\*)?\s{0,3}\{?\s{0,3}\^?\s{0,3}[-−–]\s{0,3}\{?(\d{1,2})"
    r"|\b1\.?0?e[-−–]0?(\d{1,2})"
)
_DECIMAL = late(r"\b0\.0{1,17}1\b")
_CASE = late(
    r"\b(?:letter|print|output|upper|lower|yes|character|symbol|answer|write|display)[^.!?]{0,60}"
    r"\b(?:in|of) (?:any|either|arbitrary) (?:letter |character )?(?:case|register)\b"
    r"|\bin any (?:case|register)[^.!?,]{0,30}\b(?:upper|lower)"
    r"|\b(?:print|output|answer|yes|checker|judge)[^.!?]{0,80}\bcase[- ]?insensitive"
    r"|\bcase[- ]?insensitive[^.!?]{0,60}\b(?:print|output|answer|yes)\b|\bany case \("
    r"|\b(?:upper|lower)[- ]?(?:case)? or (?:lower|upper)[- ]?case\b"
    r"(?=[^.]{0,40}(?:accept|correct|allowed|fine))"
    r"|\bcase of (?:the |each )?letters? (?:does|is) not (?:matter|important)"
    r"|\bin any combination of (?:upper|lower)"
    r"|в любом регистре|регистр\w* (?:букв )?не (?:важен|имеет|учитыва)"
)
_ORDER_WORDS = (
    "any", "arbitrary", "whatever", "whichever", "regardless", "irrespective", "matter",
    "important", "relevant", "любом", "произвольном", "важен",
)  # fmt: skip
"""One of these stands near every match of the next pattern, which takes longer to search."""
_ANY_ORDER = late(
    r"\b(?:print|output|return|display|list|write|report|answer|result)(?:s|ed|ting)?\b[^.!?]{0,110}"
    r"\b(?:in (?:any|arbitrary|whatever|whichever) (?:order|permutation)|in any possible order|"
    r"(?:regardless|irrespective) of (?:the )?order|"
    r"order (?:does not|doesn't|doesn’t|is not|isn't) (?:matter|important|relevant))\b"
    r"|\bany order (?:is|will be) (?:accepted|fine|ok|correct|allowed)"
    r"|\border of (?:the |your )?(?:outputs?|answers?|lines?|results?)[^.!?]{0,30}"
    r"(?:not|n't|n’t) (?:matter|important)"
    r"|(?:вывод|вывед|вывест|печата|ответ)\w*[^.!?]{0,110}"
    r"(?:в любом порядке|в произвольном порядке|порядок не важен)"
)
"""Only where an answer's order is meant: inputs and moves come in any order, too."""
_PERMUTED = late(
    r"(?P<lines>\b(?:lines|rows|edges|roads|pairs|triples|triplets|tuples|segments|intervals|points|"
    r"operations|moves|swaps|teams|groups|on (?:a |its )?(?:separate|own|new) lines?|one per line|"
    r"each (?:on|in) (?:a |its )?(?:\w+ )?line)\b(?: of (?:\w+ ){0,2}\w+)?"
    r"|\b(?:строк[иа]?|рёбра|ребра|пары)\b)"
    r"|\b(?:integers|numbers|indices|indexes|elements|values|vertices|nodes|cities|divisors|factors|"
    r"primes|items|positions|letters|characters|digits|coordinates|words|names|labels|ids)\b"
    r"|\b(?:числа|делители|номера|вершины|элементы|индексы)\b"
)
"""What may come in any order: things that take a line each, or things that share one."""
_CHOICE_WORDS = ("any ", "multiple", "several", "more than one", "любой", "любое", "любую", "любые")
_CHOICE = late(
    r"\b(?:print|output|return|display|write|report|give|accepts?|accepted)(?: out)? "
    r"any\b(?! other| extra| additional| further| more| (?:leading|trailing))"
    r"|\b(?:find|choose|recover|construct|build) any (?:valid|correct|suitable|possible|optimal) "
    r"|\b(?:print|output|return|find|display|write|report)(?: out)?\b[^.!?]{0,30}"
    r"\bany (?:one )?of (?:them|these|those|the (?:possible|valid|correct|optimal))\b"
    r"|\bany of (?:them|these|those)[^.!?]{0,15}(?:accept|correct|consider|fine)"
    r"|\bany (?:valid|correct|suitable|possible|optimal|acceptable) (?:answer|solution|output)"
    r"|\b(?:multiple|several|more than one) "
    r"(?:possible |valid |correct |optimal |such |different |acceptable ){0,3}"
    r"(?:answers?|solutions?|outputs?|optimal)\b"
    r"|\bany (?:answer|solution|output)s? (?:is|are|will be|would be)\b"
    r"|(?:выведите|вывести|найдите) любо|любо\w+ из них"
)
