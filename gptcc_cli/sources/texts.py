"""Bytes -> text, or an error that says how to mend them.

Covers sizes, encodings and files that hold no text. Knows nothing of problems.
"""

import codecs
from pathlib import Path
from typing import BinaryIO

from gptcc_cli.errors import ProblemError

MAX_BYTES = 20 * 1000 * 1000
"""A statement or a file of rows may have so many bytes; more is refused."""


def read_text(path: Path) -> str:
    """Read a file's text.

    Raises:
        ProblemError: it is missing, a directory, unreadable, too large, or holds no text.
    """
    try:
        with path.open("rb") as file:
            return decode(read_bytes(file, str(path)), str(path))
    except FileNotFoundError:
        raise ProblemError(
            f"{path} does not exist.", hint="give the path of a statement, or - for standard input"
        ) from None
    except IsADirectoryError:
        raise ProblemError(f"{path} is a directory.", hint="give a file") from None
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise ProblemError(
            f"{path} can't be read: {reason}.", hint="check the path and its permissions"
        ) from None


def read_bytes(file: BinaryIO, origin: str) -> bytes:
    """Read a stream to its end, at most ``MAX_BYTES``.

    Raises:
        ProblemError: there is more.
    """
    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ProblemError(
            f"{origin} has more than {MAX_BYTES // 1_000_000} MB.",
            hint="give the statement alone, or split the rows over several files",
        )
    return data


def decode(data: bytes, origin: str) -> str:
    """Return the text that bytes hold: UTF-8, or UTF-16 with a byte-order mark.

    Line ends become LF and the byte-order mark is taken off.

    Raises:
        ProblemError: the bytes are another encoding or no text, or there is nothing to read.
    """
    if not data:
        raise ProblemError(f"{origin} is empty.", hint="give a file that holds a statement")
    text = _decode(data, origin).removeprefix("\ufeff")
    if not text.strip():
        raise ProblemError(
            f"{origin} holds nothing but white space.", hint="give a file that holds a statement"
        )
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decode(data: bytes, origin: str) -> str:
    for name, magic in _FORMATS:
        if data.startswith(magic):
            raise _not_text(origin, name)
    try:
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return data.decode("utf-16")
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        if b"\0" in data:
            raise _not_text(origin, "binary data") from None
        guess = _guess(data)
        raise ProblemError(
            f"{origin} is not UTF-8 (byte 0x{data[error.start]:02x} at offset {error.start}).",
            hint=f"convert it, perhaps with: iconv -f {guess} -t UTF-8",
        ) from None
    if "\0" in text:
        raise _not_text(origin, "binary data")
    return text


def _not_text(origin: str, what: str) -> ProblemError:
    return ProblemError(
        f"{origin} holds {what}, not text.", hint="give the statement as text, Markdown or HTML"
    )


def _guess(data: bytes) -> str:
    """Name the old encoding that bytes look like; only ever a suggestion.

    The one whose characters are most often those that its languages use most.
    """
    best, most = "ISO-8859-1", 0.1
    for name, frequent in _ENCODINGS.items():
        try:
            text = data[:20_000].decode(name, "ignore" if len(data) > 20_000 else "strict")
        except UnicodeDecodeError:
            continue
        foreign = [char for char in text if char > "\x7f"]
        share = sum(char in frequent for char in foreign) / max(1, len(foreign))
        if share > most:
            best, most = name, share
    return best


_FORMATS = (
    ("a PDF document", b"%PDF-"),
    ("a PNG image", b"\x89PNG"),
    ("a JPEG image", b"\xff\xd8\xff"),
    ("a GIF image", b"GIF8"),
    ("an archive", b"PK\x03\x04"),
    ("compressed data", b"\x1f\x8b"),
    ("a program", b"\x7fELF"),
)
_KANA = "".join(map(chr, range(0x3041, 0x30FF)))
_ENCODINGS = {
    "GB18030": frozenset(
        "的一是在不了有和人这中大为上个数以要时来用们到出就分对成会可能下过说面而方后多定行所得等部度入输第例样题整"
        "给个组每包含其表示求如果限制提示描述字符串长度格式空间，。、；：（）"
    ),
    "BIG5": frozenset(
        "的一是在不了有和人這中大為上個數以要時來用們到出就分對成會可能下過說面而方後多定行所得等部度入輸第例樣題整"
        "給組每包含其表示求如果限制提示描述字元串長度格式空間範測資料，。、；：（）"
    ),
    "CP949": frozenset(
        "이다의는을를가에하고한은로지사도기인수시있어그과일보제정해전대자나리서구부만상장공원입출력예문설명주첫째줄둘"
        "진개번각합최소때와되면까으"
    ),
    "SHIFT_JIS": frozenset(_KANA + "。、入力出例整数行文字列上以下"),
    "EUC-JP": frozenset(_KANA + "。、入力出例整数行文字列上以下"),
    "CP1251": frozenset("оеаинтсрвлкмдпуяызбгчйхжВПН"),
    "KOI8-R": frozenset("оеаинтсрвлкмдпуяызбгчйхжВПН"),
    "ISO-8859-1": frozenset("áéíóúñãõçàèùâêîôûäöüßëïå¿¡ºª°"),
}
"""Encodings that statements are still kept in, and the characters most frequent in each."""
