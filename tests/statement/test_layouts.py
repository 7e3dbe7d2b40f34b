"""Layouts and languages as people copy them, each in a few lines that no rule was written for."""

# ruff: noqa: E501
import json

import pytest

from gptcc_cli.problem import Mode, Problem
from gptcc_cli.reading import understand
from gptcc_cli.sources.places import sources_from_text

STDIN = {
    "vi-table-tabs": ("Ví dụ\nINPUT\tOUTPUT\n7 2\t4\n"),
    "bai-vnoj": ("## Ví dụ 1\n\nDữ liệu:\n7 2\n\nKết quả:\n4\n\n## Giới hạn\nn ≤ 10\n"),
    "pl-szkopul": (
        "Wejście\n\nDwie liczby.\n\nWyjście\n\nJedna.\n\nPrzykład\n\n"
        "Dla danych wejściowych:\n\n7 2\n\npoprawnym wynikiem jest:\n\n4\n\n"
        "Wyjaśnienie do przykładu: tak jest.\n"
    ),
    "fr-ioi": (
        "ENTRÉE\n\nDeux nombres.\n\nSORTIE\n\nUn nombre.\n\nEXEMPLE\n\nentrée :\n\n7 2\n\n"
        "sortie :\n\n4\n\nCOMMENTAIRES\n\nRien.\n"
    ),
    "de-bwinf": ("Beispiel 1\n\nEingabe:\n7 2\n\nAusgabe:\n4\n\nErklärung: Es gibt vier Kisten.\n"),
    "ru-acmp-tab": ("Пример\n№\tINPUT.TXT\tOUTPUT.TXT\n1\t7 2\t4\n"),
    "ru-cf-copy": (
        "Примеры\nвходные данныеСкопировать\n7 2\nвыходные данныеСкопировать\n4\n"
        "Примечание\nВ первом примере четыре коробки.\n"
    ),
    "ua-eolymp": (
        "Вхідні дані\nДва числа.\nВихідні дані\nОдне.\nПриклади\nВхідні дані #1\n"
        "content_copy\n7 2\nВідповідь #1\n4\n"
    ),
    "ua-eolymp2": (
        "Приклади\nВхідні дані #1\n7 2\nВихідні дані #1\n4\nЛіміт часу 1 секунда\n"
        "Ліміт використання пам'яті 128 MiB\n"
    ),
    "ko-boj": (
        "문제\n연필\n\n입력\n첫째 줄에 n과 k\n\n출력\n상자 수\n\n예제 입력 1 복사\n7 2\n예제 출력 1 복사\n4\n힌트\n없음\n"
    ),
    "ko-swea": ("[입력]\n두 수\n\n[출력]\n하나\n\n입력 예시\n7 2\n\n출력 예시\n4\n"),
    "ja-aoj": (
        "Input\n\n二つの整数。\n\nOutput\n\n一つ。\n\nSample Input 1\n\n7 2\n\nSample Output 1\n\n"
        "4\n"
    ),
    "ja-paiza": (
        "入力される値\nn k\n\n期待する出力\n箱の数\n\n条件\nすべて\n\n入力例1\n7 2\n\n出力例1\n4\n"
    ),
    "zh-luogu-md": (
        "# 题目\n\n## 输入输出样例 #1\n\n### 输入 #1\n\n```\n7 2\n```\n\n### 输出 #1\n\n```\n4\n```\n\n"
        "## 说明/提示\n\n【数据范围】\n对于全部数据。\n"
    ),
    "zh-noi": (
        "【输入格式】\n一行两个整数。\n\n【输出格式】\n一个整数。\n\n【样例 1 输入】\n7 2\n\n【样例 1 输出】\n4\n\n【数据规模与约定】\n"
        "对于 100% 的数据。\n"
    ),
    "zh-pta": (
        "### 输入格式:\n\n两个整数。\n\n### 输出格式:\n\n一个整数。\n\n### 输入样例:\n\n```in\n7 2\n```\n\n"
        "### 输出样例:\n\n```out\n4\n```\n"
    ),
    "zh-nowcoder": (
        "输入描述:\n两个整数\n输出描述:\n一个整数\n示例1\n输入\n复制\n7 2\n输出\n复制\n4\n说明\n四个盒子\n备注:\n无\n"
    ),
    "zh-lanqiao": ("样例输入\n7 2\n样例输出\n4\n评测用例规模与约定\n对于所有评测用例，n ≤ 10。\n"),
    "tw-zj": (
        "內容 ：\n鉛筆\n輸入說明 ：\n兩個數\n輸出說明 ：\n一個數\n範例輸入 #1\n7 2\n範例輸出 #1\n4\n測資資訊：\n"
        "記憶體限制： 64 MB\n"
    ),
    "pt-obi": (
        "Entrada\n\nDois números.\n\nSaída\n\nUm número.\n\nExemplos\n\n"
        "Exemplo de entrada 1\n7 2\n\nExemplo de saída 1\n4\n"
    ),
    "es-icpc": (
        "Entrada\nDos números.\n\nSalida\nUno.\n\nEjemplo de entrada\n7 2\n\n"
        "Ejemplo de salida\n4\n\nNotas\nCuatro cajas.\n"
    ),
    "es-md-table": ("## Ejemplos\n\n| Entrada | Salida |\n|---|---|\n| 7 2 | 4 |\n"),
    "it-oii": (
        "## Esempi di input/output\n\n| File input.txt | File output.txt |\n|---|---|\n"
        "| 7 2 | 4 |\n"
    ),
    "it2": ("Esempio\n\nInput:\n7 2\n\nOutput:\n4\n\nSpiegazione\nQuattro scatole.\n"),
    "tr": (
        "Girdi\nİki sayı.\n\nÇıktı\nBir sayı.\n\nÖrnek Girdi\n```\n7 2\n```\n\n"
        "Örnek Çıktı\n```\n4\n```\n"
    ),
    "fa2": ("ورودی\nدو عدد.\n\nخروجی\nیک عدد.\n\nورودی نمونه ۱\n7 2\n\nخروجی نمونه ۱\n4\n"),
    "ar2": ("المدخلات\nعددان.\n\nالمخرجات\nعدد.\n\nمثال\n\nالمدخلات:\n7 2\n\nالمخرجات:\n4\n"),
    "id2": (
        "Masukan\nDua bilangan.\n\nKeluaran\nSatu.\n\nContoh Masukan 1\n7 2\n\n"
        "Contoh Keluaran 1\n4\n"
    ),
    "hr": (
        "ULAZNI PODACI\nDva broja.\n\nIZLAZNI PODACI\nJedan.\n\nPRIMJERI TEST PODATAKA\n\n"
        "ulaz\n7 2\n\nizlaz\n4\n"
    ),
    "sv-kattis": (
        "## Indata\nTvå tal.\n\n## Utdata\nEtt tal.\n\n"
        "| Exempel-indata 1 | Exempel-utdata 1 |\n|---|---|\n| `7 2` | `4` |\n"
    ),
    "kattis-tab": ("Sample Input 1\tSample Output 1\n7 2\n4\n"),
    "timus": ("Sample\ninput\toutput\n7 2\n4\nProblem Author: X Y\n"),
    "md-star": (
        "**Sample Input:**\n\n    7 2\n\n**Sample Output:**\n\n    4\n\n"
        "**Explanation:** four boxes are needed.\n"
    ),
    "md-hash6": ("###### Sample Input\n7 2\n###### Sample Output\n4\n###### Constraints\nn\n"),
    "md-num": ("1) Sample Input:\n7 2\n\n2) Sample Output:\n4\n"),
    "md-quote": ("> **Sample Input**\n>\n> 7 2\n>\n> **Sample Output**\n>\n> 4\n"),
    "md-tilde": ("Sample Input\n~~~text\n7 2\n~~~\nSample Output\n~~~text\n4\n~~~\n"),
    "details": (
        "<details>\n<summary><b>Sample Input 1</b></summary>\n\n```text\n7 2\n```\n\n"
        "</details>\n<details>\n<summary><b>Sample Output 1</b></summary>\n\n```text\n4\n"
        "```\n\n</details>\n"
    ),
    "pandoc": ("::: {.sample-input}\n7 2\n:::\n\n::: {.sample-output}\n4\n:::\n"),
    "rst-code": (
        "Sample Input\n~~~~~~~~~~~~\n\n.. code-block:: text\n\n    7 2\n\nSample Output\n"
        "~~~~~~~~~~~~~\n\n.. code-block:: text\n\n    4\n\nNotes\n~~~~~\n\nx\n"
    ),
    "org-src": (
        "* Pencils\n** Sample input\n#+BEGIN_SRC text\n7 2\n#+END_SRC\n** Sample output\n"
        "#+BEGIN_SRC text\n4\n#+END_SRC\n** Notes\n"
    ),
    "latex-sub": (
        "\\subsection*{Sample Input}\n\\begin{lstlisting}\n7 2\n\\end{lstlisting}\n"
        "\\subsection*{Sample Output}\n\\begin{lstlisting}\n4\n\\end{lstlisting}\n"
    ),
    "latex-textbf": (
        "\\textbf{Sample Input}\n\\begin{verbatim}\n7 2\n\\end{verbatim}\n"
        "\\textbf{Sample Output}\n\\begin{verbatim}\n4\n\\end{verbatim}\nEnd.\n"
    ),
    "olymp-ru": (
        "\\begin{problem}{Карандаши}{input.txt}{output.txt}{1 секунда}{64 мегабайта}\n"
        "Условие.\n\\InputFile\nДва числа.\n\\OutputFile\nОдно.\n\\Example\n"
        "\\begin{example}\n\\exmp{7 2}{4}%\n\\end{example}\n\\end{problem}\n"
    ),
    "cpp-comment": (
        "/*\n  Pencils\n\n  Sample Input:\n  7 2\n\n  Sample Output:\n  4\n*/\n"
        "#include <iostream>\nint main(){}\n"
    ),
    "slash": (
        "// Pencils\n//\n// Sample Input\n// 7 2\n//\n// Sample Output\n// 4\n"
        "#include <cstdio>\nint main(){}\n"
    ),
    "py-single": ("'''\nPencils\n\nInput:\n7 2\nOutput:\n4\n'''\nn,k=map(int,input().split())\n"),
    "hackerearth": (
        "SAMPLE INPUT\n7 2\nSAMPLE OUTPUT\n4\nTime Limit:1.0 sec(s) for each input file.\n"
        "Memory Limit:256 MB\n"
    ),
    "usaco": (
        "SAMPLE INPUT (file pencils.in):\n7 2\nSAMPLE OUTPUT (file pencils.out):\n4\n\n"
        "Four boxes.\n\nProblem credits: A B\n"
    ),
    "hr-fn": (
        "Sample Input 0\n\n    STDIN   Function\n    -----   --------\n"
        "    7 2     n = 7, k = 2\n\nSample Output 0\n\n    4\n\nExplanation 0\n\nFour.\n"
    ),
    "yuki": ("サンプル\nサンプル1\n入力\n7 2\n出力\n4\n提出ページヘ\n"),
    "omegaup": ("# Ejemplo\n\n||input\n7 2\n||output\n4\n||end\n"),
    "html-pre": (
        "<p>Pack.</p><h3>Sample Input</h3><pre>7 2\n</pre><h3>Sample Output</h3><pre>4\n"
        "</pre><h3>Hint</h3><p>x</p>"
    ),
    "html-table": (
        "<!DOCTYPE html><html><body><h2>Exemplo</h2><table><tr><th>Entrada</th><th>Saída</th></tr><tr><td><pre>7 2</pre></td><td><pre>4</pre></td></tr></table></body></html>"
    ),
    "ro-pbinfo": ("Exemplu:\npencils.in\n\n7 2\npencils.out\n\n4\nExplicație\nPatru cutii.\n"),
    "el": (
        "ΑΡΧΕΙΑ ΕΙΣΟΔΟΥ\nΔύο.\n\nΑΡΧΕΙΑ ΕΞΟΔΟΥ\nΈνας.\n\nΠαράδειγμα εισόδου\n7 2\n\n"
        "Παράδειγμα εξόδου\n4\n"
    ),
    "bn": ("নমুনা ইনপুট ১\n7 2\n\nনমুনা আউটপুট ১\n4\n"),
    "th": ("ตัวอย่างที่ 1\n\nข้อมูลนำเข้า\n7 2\n\nข้อมูลส่งออก\n4\n"),
    "hu": ("Bemenet\nKét szám.\n\nKimenet\nEgy szám.\n\nPélda\n\nBemenet\n7 2\n\nKimenet\n4\n"),
    "cz": ("Ukázkový vstup 1:\n7 2\n\nUkázkový výstup 1:\n4\n\nVysvětlení:\nČtyři.\n"),
    "sr-cyr": ("Пример 1\nУлаз\n7 2\nИзлаз\n4\n"),
    "kk": (
        "Кіріс деректері\nЕкі сан.\n\nШығыс деректері\nБір сан.\n\nМысал\n\nКіріс\n7 2\nШығыс\n4\n"
    ),
    "az": ("Nümunə giriş:\n7 2\n\nNümunə çıxış:\n4\n"),
}
"""Every one of them prints the sample ``7 2`` -> ``4``."""

CALL_WORDS = {
    "zh": ("示例 1：", "输入：", "输出：", "解释：好"),
    "ja": ("例 1:", "入力: ", "出力: ", "説明: 箱"),
    "ko": ("예시 1:", "입력: ", "출력: ", "설명: 상자"),
    "ru": ("Пример 1:", "Ввод: ", "Вывод: ", "Объяснение: да"),
    "ru2": ("Пример 1:", "Входные данные: ", "Выходные данные: ", "Пояснение: да"),
    "es": ("Ejemplo 1:", "Entrada: ", "Salida: ", "Explicación: sí"),
    "pt": ("Exemplo 1:", "Entrada: ", "Saída: ", "Explicação: sim"),
    "fr": ("Exemple 1 :", "Entrée : ", "Sortie : ", "Explication : oui"),
    "de": ("Beispiel 1:", "Eingabe: ", "Ausgabe: ", "Erklärung: ja"),
    "it": ("Esempio 1:", "Input: ", "Output: ", "Spiegazione: sì"),
    "vi": ("Ví dụ 1:", "Đầu vào: ", "Đầu ra: ", "Giải thích: ok"),
    "id": ("Contoh 1:", "Masukan: ", "Keluaran: ", "Penjelasan: ya"),
    "tr": ("Örnek 1:", "Girdi: ", "Çıktı: ", "Açıklama: evet"),
    "pl": ("Przykład 1:", "Wejście: ", "Wyjście: ", "Wyjaśnienie: tak"),
    "ar": ("مثال 1:", "المدخلات: ", "المخرجات: ", "الشرح: نعم"),
    "fa": ("مثال ۱:", "ورودی: ", "خروجی: ", "توضیح: بله"),
    "th": ("ตัวอย่างที่ 1:", "ข้อมูลนำเข้า: ", "ข้อมูลส่งออก: ", "คำอธิบาย: ok"),
    "uk": ("Приклад 1:", "Вхідні дані: ", "Вихідні дані: ", "Пояснення: так"),
}
"""A language's words above an example, its input, its output and its explanation."""

CALLS = [
    ("Input: arr[] = {1,2,3}, k = 2\nOutput: 6\n", [[1, 2, 3], 2], 6),
    ("| n | k | result |\n|---|---|---|\n| 7 | 2 | 4 |\n", [7, 2], 4),
    ('id_list\tk\tresult\n["a","b"]\t2\t[0,1]\n', [["a", "b"], 2], [0, 1]),
    (
        "<table><thead><tr><th>n</th><th>k</th><th>return</th></tr></thead>"
        "<tbody><tr><td>7</td><td>2</td><td>4</td></tr></tbody></table>\n",
        [7, 2],
        4,
    ),
]

NOTHING = {
    "format in Chinese": "输入格式\n一行两个整数 n 和 k。\n\n输出格式\n一个整数。\n",
    "format in German": "Eingabe\n2 Zahlen in einer Zeile.\n\nAusgabe\nEine Zahl.\n",
    "format in English": "Input\n2 integers\nOutput\n1 integer\n",
    "format by lines": "Entrada\nLínea 1: N\nLínea 2: K\n\nSalida\nUn entero\n",
    "columns without a seam": "Sample Input\tSample Output\n1\n2\n3\n4\n5\n",
    "code": "Sample Input\n\n```\ndef f(x):\n    return x\n```\n\nSample Output\n\n3\n",
    "operations": 'Input\n["Box", "put"]\n[[2], [1]]\nOutput\n[null, null]\n',
    "tables": "Input:\n+----+\n| id |\n+----+\nOutput:\n+----+\n| n  |\n+----+\n",
    "one value in code": "Input: `21445`\n\nOutput: `54421`\n",
    "invisible character": "Sample Input\n1 2\u200b\n\nSample Output\n3\n",
}


def _problem(text: str) -> Problem:
    origin = "page.html" if text.startswith("<!") else "statement.txt"
    return understand(sources_from_text(text, name="x", origin=origin)[0]).problem


@pytest.mark.parametrize("text", STDIN.values(), ids=STDIN)
def test_a_sample_is_read_in_any_layout(text: str) -> None:
    problem = _problem(text)
    assert problem.mode is Mode.STDIN
    assert [(s.input, s.expected, s.suspect) for s in problem.samples] == [("7 2\n", "4\n", None)]


@pytest.mark.parametrize("language", CALL_WORDS)
@pytest.mark.parametrize("layout", ["plain", "fenced", "lines"])
def test_arguments_are_a_call_in_any_language(language: str, layout: str) -> None:
    example, given, expected, reason = CALL_WORDS[language]
    text = f"{given}n = 7, k = 2\n{expected}4\n{reason}\n"
    if layout == "fenced":
        text = f"```\n{text}```\n"
    if layout == "lines":
        text = f"{given}\nn = 7\nk = 2\n{expected}\n4\n{reason}\n"
    problem = _problem(f"{example}\n\n{text}")
    assert problem.mode is Mode.CALL
    assert [(s.input, s.expected, s.suspect) for s in problem.samples] == [((7, 2), 4, None)]


@pytest.mark.parametrize(("text", "arguments", "result"), CALLS)
def test_a_call_is_read_in_any_layout(text: str, arguments: list[object], result: object) -> None:
    problem = _problem(text)
    assert problem.mode is Mode.CALL
    found = [(json.loads(json.dumps(s.input)), s.expected) for s in problem.trusted_samples]
    assert found == [(arguments, result)]


@pytest.mark.parametrize("text", NOTHING.values(), ids=NOTHING)
def test_what_may_be_no_sample_is_not_trusted(text: str) -> None:
    assert _problem(text).trusted_samples == ()


def test_a_reading_says_how_it_was_found_and_why_nothing_was() -> None:
    (source,) = sources_from_text(STDIN["es-md-table"], name="x", origin="x.md")
    assert understand(source).found_by == ("table", "headings of input and output")
    (source,) = sources_from_text(NOTHING["columns without a seam"], name="x", origin="x.txt")
    assert "Sample Input, Sample Output" in str(understand(source).no_samples)
    (source,) = sources_from_text("A story.", name="x", origin="x.txt")
    assert understand(source).no_samples
