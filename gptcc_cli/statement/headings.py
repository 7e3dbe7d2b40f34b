"""A line -> the heading it is, if it is one.

Covers what judges write above a sample, its input, its output and the text around them, in
English, Russian and the commonest other languages, with whatever decoration. A line is a
heading only if every word of it belongs to a heading: prose that speaks of input never is.
Decides nothing about samples: that is the work of ``stdin_samples``.
"""

import re
from dataclasses import dataclass
from enum import Enum


class Role(Enum):
    """What a heading announces."""

    INPUT = "input"
    """An input, or the section that describes it."""
    OUTPUT = "output"
    """An output, or the section that describes it."""
    BOTH = "both"
    """Two columns or a section: ``Sample Input/Output``."""
    SAMPLES = "samples"
    """A sample, or the section that holds all of them."""
    ASIDE = "aside"
    """Words about a sample: ``Explanation``, ``Note``."""
    OTHER = "other"
    """Any other section: ``Constraints``, ``Input format``, ``Source``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading and what stands beside it."""

    role: Role
    sample: bool
    """Whether it says that it is about a sample."""
    decorated: bool
    """Whether rules, hashes or stars set it apart."""
    number: int | None = None
    """The sample's number."""
    glued: bool = False
    """Whether that number touches the word before it, as in ``INPUT2``."""
    value_at: int | None = None
    """Where in the line a value beside the heading begins; ``None``: there is none."""


def read_heading(text: str) -> Heading | None:
    """Return the heading that a line is, or ``None`` if it is anything else."""
    head = text[:_LONGEST]
    first = _FIRST_WORD.match(head)
    if first is None:
        return None
    word = first.group(1)
    if word.lower() not in _KIND and not _CAMEL.search(word) and not _WIDE.search(word):
        return _unknown(text) if head[0] in "#-" else None
    match = _DECORATION.match(head)
    start = match.end() if match else 0
    body = head[start:]
    colon = _COLON.search(body)
    if colon is None:
        return None if len(text) >= _LONGEST else _judge(body, start, None, text)
    value_at = start + colon.end()
    rest = text[value_at : value_at + _LONGEST]
    if not rest.strip(" \t" + "".join(set(_CLOSING) & set(head[:start]))):
        return _judge(body[: colon.start()], start, None, text)
    return _judge(body[: colon.start()], start, value_at, text)


def _judge(words_text: str, start: int, value_at: int | None, line: str) -> Heading | None:
    words = _words(words_text)
    if words is None or not words:
        return _unknown(line) if value_at is None else None
    numbers = [int(word) for word in words if word.isdecimal()]
    names = [_KIND.get(word) for word in words if not word.isdecimal()]
    kinds = [kind for kind in names if kind]
    known = len(numbers) <= 1 and None not in names and kinds
    role = _role(kinds, words) if known else None
    if role is None and value_at is None:
        return _unknown(line)
    if role is None or (value_at is not None and role is Role.OTHER and len(words) > 4):
        return None
    decoration = line[:start].strip()
    closing = words_text.rstrip()[-1:]
    return Heading(
        role=role,
        sample="S" in kinds or bool({"I", "O"} & set(kinds) and ("T" in kinds or numbers)),
        decorated=bool(decoration) or closing in _RULES,
        number=numbers[0] if numbers else None,
        glued=bool(numbers) and _TOUCHING.search(words_text) is not None,
        value_at=value_at,
    )


def _unknown(line: str) -> Heading | None:
    """Return the heading that a line is by its decoration alone, whatever its words."""
    match = _RULED.fullmatch(line.strip()[:_LONGEST])
    if match is None:
        return None
    first = match.group(1) or match.group(2)
    sample = _KIND.get(first.lower()) == "S"
    return Heading(role=Role.SAMPLES if sample else Role.OTHER, sample=sample, decorated=True)


def _role(kinds: list[str], words: list[str]) -> Role | None:
    """Name the role of a line whose words are all known, by the kinds of its words."""
    has = set(kinds)
    if "A" in has:
        return Role.ASIDE if kinds[0] == "A" or "A" in kinds[:2] else None
    if "X" in has:
        return Role.OTHER
    if "I" in has and "O" in has:
        return _both(kinds, words)
    if "I" in has:
        return Role.INPUT
    if "O" in has:
        return Role.OUTPUT
    if "S" in has and words[0] != "for":
        return Role.SAMPLES
    if "T" in has and words[-1].isdecimal():
        return Role.SAMPLES
    return None


def _both(kinds: list[str], words: list[str]) -> Role | None:
    """Tell ``Output for the sample input`` from ``Sample input and output``."""
    first = next(kind for kind in kinds if kind in "IO")
    if {"for", "corresponding", "to"} & set(words) and first == "O":
        return Role.OUTPUT
    return Role.BOTH


def _words(text: str) -> list[str] | None:
    """Cut a heading into lower-case words; ``None`` if it holds what no heading holds."""
    if _FOREIGN.search(text) or text.count("(") != text.count(")"):
        return None
    text = _CAMEL.sub(" ", _ASIDE.sub("", text))
    if _WIDE.search(text):
        for term, english in _TERMS:
            text = text.replace(term, f" {english} ")
    words = _TOKEN.findall(text.lower())
    return words if 0 < len(words) <= _MOST_WORDS else None


_FIRST_WORD = re.compile(r"(?:<\w{1,6}>|[\W\d_]){0,40}?([^\W\d_]+)")
_LONGEST = 90
"""Characters of a line in which a heading must end."""
_MOST_WORDS = 9
_RULES = "-=*#_~]】"
_CLOSING = "-=*#_~`:：>"
"""What may close a heading that it also opened."""
_DECORATION = re.compile(r"[\s\-=*#_~`>\[【•·|▶■◆]*(?:(?:<(?:b|strong|h\d|p)>\s*){1,3}|<)?", re.I)
_COLON = re.compile(
    r"\s*(?:</(?:b|strong|h\d)>)?\s*[:：]\s*(?:</(?:b|strong|h\d)>|[*_]{1,3}(?=\s|$))?[ \t]*"
    r"|[*_]{2}[ \t]+(?=\S)",
    re.IGNORECASE,
)
"""A colon, inside or outside of bold; or the end of bold text with something beside it."""
_RULED = re.compile(r"#{2,6}[ \t]+([^\W\d_]{3,}).*|-{4,}[ \t]*([^\W\d_]{3,})[^-]*-{4,}")
_FOREIGN = re.compile(r"[+%$^{}\\;!?\"“”«»@]|\d[.,]\d")
_ASIDE = re.compile(r"</?\w{1,10}>|\((?=[^()]{0,40}(?:\w\.\w|std|file|файл))[^()]{1,40}\)", re.I)
_TOUCHING = re.compile(r"[^\W\d_]\d+\W*$")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_TOKEN = re.compile(r"[^\W\d_]+|\d+")
_WIDE = re.compile(r"[぀-ヿ一-鿿가-힯]")

_TERMS = tuple(
    (term, english)
    for english, terms in {
        "sample": "样例 樣例 示例 範例 范例 例子 例 예제 예시",
        "format": "格式 描述 形式",
        "input": "输入 輸入 入力 입력",
        "output": "输出 輸出 出力 출력",
        "explanation": "说明 說明 解释 解説",
        "hint": "提示 힌트",
        "note": "注意 备注",
        "constraints": "限制 制約 制限 约束 数据范围 제한",
        "source": "来源 출처",
        "data": "数据",
    }.items()
    for term in terms.split()
)
"""What judges that write without spaces call these things, in English."""

_VOCABULARY = {
    "S": """
        sample samples example examples exemple exemples ejemplo ejemplos exemplo exemplos
        beispiel beispiele przykład przykłady przykładowe esempio esempi expected
        пример примеры примера приклад приклади eg
    """,
    "T": "test tests testcase testcases case cases тест тесты теста",
    "I": """
        input inputs stdin entrada entradas entrée entrées eingabe eingaben wejście wejściowe
        ввод вход входные входных входной ввода вхідні вхідних
    """,
    "O": """
        output outputs stdout salida salidas saída saídas sortie sorties ausgabe ausgaben
        wyjście wyjściowe вывод выход выходные выходных выходной вывода вихідні вихідних
    """,
    "A": """
        note notes explanation explanations explained clarification clarifications remark
        remarks hint hints comment comments illustration reason
        примечание примечания пояснение пояснения замечание замечания подсказка примітка
        explicación explicação nota explication erklärung wyjaśnienie
    """,
    "X": """
        format formats specification specifications spec description constraints constraint
        limits limit restrictions scoring subtask subtasks grading follow source
        author authors tags editorial tester resource difficulty languages limitations
        формат формате ограничения ограничение оценка подзадачи источник автор условие задача
        restricciones restrições contraintes
    """,
    "": """
        the of for a an and to with your my this in on by as no number nr copy standard console
        data set sets file files given corresponding correct desired first second third
        screen keyboard txt dat s e g up original time memory points problem program
        данные данных файл файла для из и номер к de da do des du la le el der die das dane
        d дані даних
    """,
}
_KIND = {word: kind for kind, text in _VOCABULARY.items() for word in text.split()}
"""Every word that a heading may hold, and what it says."""
