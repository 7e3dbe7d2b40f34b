"""What a statement says about answers that are right though they are not the same text.

Covers precision, case, order and "print any of them". Judges no answer: that is ``checkers``.
"""

import re

from gptcc_cli.problem import AnswerRules, Order


def read_answer_rules(statement: str) -> AnswerRules:
    """Return the rules that a statement's own words make for its answers."""
    return AnswerRules(
        tolerance=_tolerance(statement),
        order=_order(statement),
        ignore_case=_CASE.search(statement) is not None,
        special_judge=_ANY.search(statement) is not None,
    )


def _tolerance(statement: str) -> float | None:
    """Return the largest error the statement allows, where it speaks of errors."""
    for match in _ERROR.finditer(statement):
        near = statement[max(0, match.start() - 200) : match.end() + 200]
        power = _POWER.search(near)
        if power:
            exponent = int(next(group for group in power.groups() if group))
            if 1 <= exponent <= 18:
                return float(10.0**-exponent)
        decimal = _DECIMAL.search(near)
        if decimal:
            return float(decimal.group())
    return None


def _order(statement: str) -> Order:
    if _ANY_ORDER.search(statement):
        return Order.ANY
    return Order.EXACT


_ERROR = re.compile(
    r"(?i)\b(?:absolute|relative|error|precision|tolerance|accura\w+|погрешност\w+)\b"
)
_POWER = re.compile(
    r"10\s*\^?\s*\{?\s*\^?\s*[-−–]\s*\{?\s*(\d{1,2})|\b1[eE][-−–](\d{1,2})|10⁻([⁰¹²³⁴-⁹]{1,2})"
)
_DECIMAL = re.compile(r"\b0\.0{1,17}1\b")
_CASE = re.compile(
    r"(?i)\b(?:in any (?:letter )?(?:case|register)|case[- ]insensitive(?:ly)?|"
    r"in either (?:upper|lower)|(?:upper|lower) or (?:lower|upper) ?case|"
    r"any case \(upper or lower|в любом регистре)\b"
)
_ANY_ORDER = re.compile(
    r"(?i)\b(?:in (?:any|arbitrary) order|order (?:does not|doesn't|doesn’t) matter|"
    r"в любом порядке|в произвольном порядке)\b"
)
_ANY = re.compile(
    r"(?i)\b(?:(?:print|output|return|find|choose|display|write)(?: out)? any(?: one)?"
    r"(?: of (?:them|these|those|the))?\b|any of (?:them|these|those)\b|"
    r"(?:multiple|several|more than one|many) (?:possible |valid |correct |optimal )*"
    r"(?:answers?|solutions?|ways|options?)|any (?:valid|correct|suitable|possible) "
    r"(?:answer|solution|one|output)|выведите любой|любой из них|любое из них)"
)
