"""Limits as judges print them, in their languages and units."""

import pytest

from gptcc_cli.statement.limits import read_memory_limit, read_time_limit

MB = 1 << 20


@pytest.mark.parametrize(
    ("words", "seconds", "size"),
    [
        ("Time limit: 2 seconds\nMemory limit: 256 MB", 2, 256 * MB),
        ("time limit per test2 seconds\nmemory limit per test256 megabytes", 2, 256 * MB),
        (
            "ограничение по времени на тест2 секунды\nограничение по памяти на тест256 мегабайт",
            2,
            256 * MB,
        ),
        (
            "ограничение по времени на тест\n2 секунды\nограничение по памяти\n256 мегабайт",
            2,
            256 * MB,
        ),
        ("Ограничение времени: 1.0 секунды\nОграничение памяти: 64 МБ", 1, 64 * MB),
        ("Ограничение времени\t1 секунда\nОграничение памяти\t64Mb", 1, 64 * MB),
        ("(Время: 1 сек. Память: 16 Мб Сложность: 30%)", 1, 16 * MB),
        ("Ограничение времени - 2 секунды\nОграничение памяти - 256Mb", 2, 256 * MB),
        (
            "시간 제한\t메모리 제한\t제출\n1 초\t256 MB\t300",
            1,
            256 * MB,
        ),
        (
            "시간 제한: 0.5 초 (추가 시간 없음)\n메모리 제한: 1024 MB (추가 메모리 없음)",
            0.5,
            1024 * MB,
        ),
        ("제한 시간 : 1초", 1, None),
        ("実行時間制限: 2 sec / メモリ制限: 1024 MB", 2, 1024 * MB),
        ("時間制限 : 2 sec\nメモリ制限 : 256 MiB", 2, 256 * MB),
        ("時間制限 : 1 sec, メモリ制限 : 131072 KB", 1, 128 * MB),
        ("时间限制 1.00s\n内存限制 125.00MB", 1, 125 * MB),
        ("时间限制：C/C++ 1秒，其他语言2秒\n空间限制：C/C++ 262144K，其他语言524288K", 1, 256 * MB),
        ("时间限制：C/C++ 2秒，其他语言4秒\n空间限制：C/C++ 32M，其他语言64M", 2, 32 * MB),
        ("时/空限制：1s / 64MB", 1, 64 * MB),
        ("时空限制：1000ms,128M", 1, 128 * MB),
        ("时间限制\n400 ms\n内存限制\n64 MB", 0.4, 64 * MB),
        ("时间限制\n400 ms\n内存限制\n65536 kB", 0.4, 64 * MB),
        ("总时间限制: 1000ms 内存限制: 65536kB", 1, 64 * MB),
        ("Time Limit: 1000MS\t\tMemory Limit: 65536K", 1, 64 * MB),
        ("Time limit: 2.0s\nMemory limit: 256M", 2, 256 * MB),
        ("Time limit:\n1.0s\nMemory limit:\n1G", 1, 1024 * MB),
        (
            "Time Limit: 2000/1000 MS (Java/Others)  Memory Limit: 65536/32768 K",
            1,
            32 * MB,
        ),
        ("Ліміт часу 1 секунда\nЛіміт використання пам'яті 128 MiB", 1, 128 * MB),
        ("Обмеження часу: 2 секунди\nОбмеження пам'яті: 256 мегабайт", 2, 256 * MB),
        ("Timelimit: 1", None, None),
        ("Limite de tempo: 2 segundos\nLimite de memória: 256 MB", 2, 256 * MB),
        ("Límite de tiempo: 1.5 segundos\nLímite de memoria: 64 MB", 1.5, 64 * MB),
        ("Limite de temps : 0,5 s\nLimite de mémoire : 64 Mo", 0.5, 64 * MB),
        ("Temps : 0,1 s sur une machine à 1 GHz.\nMémoire : 8 000 ko.", 0.1, 8192000),
        ("Limit czasu: 1 s\nLimit pamięci: 128 MB", 1, 128 * MB),
        ("Dostępna pamięć: 64 MB", None, 64 * MB),
        ("Giới hạn thời gian: 1 giây\nGiới hạn bộ nhớ: 512 megabyte", 1, 512 * MB),
        ("Batas waktu: 2 detik\nBatas memori: 64 MB", 2, 64 * MB),
        ("Zeitlimit: 2 Sekunden\nSpeicherlimit: 256 Megabyte", 2, 256 * MB),
        ("Limite di tempo: 1 secondo\nLimite di memoria: 256 MiB", 1, 256 * MB),
        ("時間限制：1 秒\n記憶體限制：256 MB", 1, 256 * MB),
        ("Zaman limiti: 1,0 saniyə\nYaddaş limiti: 128 MiB", 1, 128 * MB),
        ("محدودیت زمان: ۱ ثانیه\nمحدودیت حافظه: ۲۵۶ مگابایت", 1, 256 * MB),
        ("Временско ограничување: 1 секундаМемориско ограничување: 64 мегабајти", 1, 64 * MB),
        ("Μέγιστος χρόνος εκτέλεσης: 1 sec.\nΜέγιστη διαθέσιμη μνήμη: 64 MB.", 1, 64 * MB),
        ("Zaman sınırı: 2 saniye\nBellek sınırı: 256 MB", 2, 256 * MB),
        ("Timp de executare: 0.1 secunde\nLimită memorie: 64 MB", 0.1, 64 * MB),
        ("Időlimit: 0.2 mp\nMemória limit: 32 MiB", 0.2, 32 * MB),
        ("Časový limit: 2 s\nPaměťový limit: 64 MB", 2, 64 * MB),
        ("Vremensko ograničenje: 1,1 s\nMemorijsko ograničenje: 64 MB", 1.1, 64 * MB),
        ("C++ 1s, Java 2s, Python 5s\nTime limit: C++ 1s, Java 2s, Python 5s", 5, None),
        ("Time limit: 1s (C++), 3s (Python)", 3, None),
        ("Time Limit: 5 sec(s) for each input file.\nMemory Limit: 256 MB", 5, 256 * MB),
        ("Time Limit : 1 sec, Memory Limit : 131072 KB", 1, 128 * MB),
        ("CPU Time limit\n1 second\n\nMemory limit\n1024 MB", 1, 1024 * MB),
        ("Time limit1s\nMemory limit512MiB", 1, 512 * MB),
        ("จำกัดเวลา: 1 วินาที\nจำกัดหน่วยความจำ: 64 MB", 1, 64 * MB),
        ("الحد الزمني: 2 ثانية\nحد الذاكرة: 256 ميغابايت", 2, 256 * MB),
        ("時間限制\n2 秒", 2, None),
        ("最大运行时间：1s\n最大运行内存: 256M", 1, 256 * MB),
    ],
)
def test_limits_are_read_from_the_words(
    words: str, seconds: float | None, size: int | None
) -> None:
    assert read_time_limit(words) == pytest.approx(seconds)
    assert read_memory_limit(words) == size
