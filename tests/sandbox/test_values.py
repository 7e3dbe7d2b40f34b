"""Values that cross from a program's process: faithful, plain, and bounded."""

import json
import marshal
import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gptcc_cli.sandbox import Exceeded, Job, Limits, Stage
from gptcc_cli.sandbox.facts import Raw, execution_of
from gptcc_cli.sandbox.inside.records import ForkResult, RequestKind
from gptcc_cli.sandbox.inside.values import (
    NotJsonError,
    NotPlainError,
    decode,
    decode_in_program,
    encode,
    encode_for_program,
    from_json,
    to_json,
)

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
    | st.complex_numbers(allow_nan=False)
)
hashable = st.recursive(
    scalars, lambda inner: st.tuples(inner, inner) | st.frozensets(inner, max_size=3), max_leaves=6
)
plain = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner)
        | st.dictionaries(hashable, inner, max_size=3)
        | st.sets(hashable, max_size=3)
    ),
    max_leaves=12,
)


def shape(value: object) -> object:
    """Types as well as values, since ``1 == True == 1.0``."""
    if isinstance(value, (list, tuple)):
        return type(value), [shape(item) for item in value]
    if isinstance(value, dict):
        return dict, [(shape(key), shape(item)) for key, item in value.items()]
    return type(value), value


@given(plain)
def test_a_plain_value_arrives_as_it_was(value: object) -> None:
    assert shape(decode(encode(value))) == shape(value)
    assert shape(decode(encode(("value", value)))) == shape(("value", value))
    assert shape(decode_in_program(encode_for_program(value))) == shape(value)


def test_what_a_program_writes_is_never_read_as_code() -> None:
    for data in (b"m" + marshal.dumps(1), marshal.dumps(compile("1", "x", "eval")), b"vm1", b"v"):
        with pytest.raises(NotPlainError):
            decode(data)


@given(st.binary(max_size=50))
def test_any_short_form_is_a_plain_value_or_refused(data: bytes) -> None:
    try:
        kind, value = decode(b"v" + data)
    except NotPlainError:
        return
    assert kind == "value"
    assert type(value) in (int, str, bool, type(None))


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=3), inner, max_size=3)
        | st.dictionaries(st.sampled_from("tszdcby"), inner, min_size=1, max_size=1)
    ),
    max_leaves=8,
)


@example(b'{"c":[1%s]}' % (b"0" * 400))
@given(st.binary(max_size=300) | json_like.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_read_as_plain_values_or_refused(data: bytes) -> None:
    try:
        value = decode(data)
    except NotPlainError:
        return
    assert shape(decode(encode(value))) == shape(value)


@pytest.mark.parametrize(
    "value", [object(), lambda: 0, int, [object()], {1: print}, ("value", print)]
)
def test_what_is_not_plain_is_refused(value: object) -> None:
    with pytest.raises(NotPlainError):
        encode(value)


@pytest.mark.parametrize("value", [lambda: 0, [lambda: 0], {1: json}])
def test_what_cannot_be_sent_to_a_program_is_refused(value: object) -> None:
    with pytest.raises(NotPlainError):
        encode_for_program(value)


def test_a_number_too_long_for_words_is_refused() -> None:
    with pytest.raises(NotPlainError):
        encode(("value", 10**100_001))
    with pytest.raises(NotPlainError):
        decode(b"vi" + b"9" * 100_001)
    assert decode(encode(("value", 10**5000))) == ("value", 10**5000)


def test_no_depth_exhausts_the_reader() -> None:
    nested: list[object] = []
    for _ in range(50_000):
        nested = [nested]
    with pytest.raises(NotPlainError):
        encode(nested)
    with pytest.raises(NotPlainError):
        decode(b"[" * 200_000 + b"]" * 200_000)
    with pytest.raises(NotJsonError):
        to_json(nested)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)


@given(json_values)
def test_json_values_survive_unchanged(value: object) -> None:
    assert json.loads(to_json(value)) == value
    assert from_json(json.dumps(value), int_keys=False) == value


@given(st.dictionaries(st.integers(), st.integers(), min_size=1))
def test_integer_keys_come_back_as_integers(value: dict[int, int]) -> None:
    assert from_json(json.dumps(value), int_keys=True) == value


def test_not_a_number_is_written_as_python_reads_it() -> None:
    assert math.isnan(json.loads(to_json(float("nan"))))


# Facts


def facts(status: int = 0, **given: object) -> Raw:
    base = {
        "kind": RequestKind.MAIN,
        "timed_out": False,
        "starved": False,
        "delay_us": 0,
        "strays": 0,
        "status": status,
        "check_status": 0,
    }
    base |= {"user_us": 10, "system_us": 10, "peak_kib": 1000, "wall_us": 100}
    result = ForkResult(**{**base, **{name: given[name] for name in given if name in base}})  # type: ignore[arg-type]
    rest = {"stdout": b"", "stderr": b"", "report": b"C\n"}
    rest |= {name: given[name] for name in given if name in rest}  # type: ignore[misc]
    return Raw(result=result, **rest)


JOB = Job(source="", limits=Limits(wall_s=1.0, memory_bytes=64 << 20, output_bytes=100))


@pytest.mark.parametrize(
    ("raw", "exceeded"),
    [
        (facts(), None),
        (facts(256), None),
        (facts(256, stderr=b"Traceback\nMemoryError\n"), Exceeded.MEMORY),
        (facts(256, stderr=b"numpy._core._exceptions._ArrayMemoryError: no\n"), Exceeded.MEMORY),
        (facts(256, stderr=b"ValueError: not a MemoryError\n"), None),
        (facts(0, stderr=b"MemoryError\n"), None),
        (facts(11, peak_kib=63 << 10), Exceeded.MEMORY),
        (facts(11), None),
        (facts(9, timed_out=True), Exceeded.WALL),
        (facts(24), Exceeded.CPU),
        (facts(0, user_us=2_100_000), Exceeded.CPU),
        (facts(9, timed_out=True, stdout=b"x" * 101), Exceeded.OUTPUT),
        (facts(0, stdout=b"x" * 100), None),
    ],
)
def test_limits_are_read_from_facts(raw: Raw, exceeded: Exceeded | None) -> None:
    assert execution_of(JOB, raw).exceeded is exceeded


def test_a_program_that_never_got_the_processor_says_nothing() -> None:
    execution = execution_of(Job(source=""), facts(9, starved=True))
    assert execution.fault
    assert execution.exceeded is None


@given(st.binary(max_size=300))
def test_no_report_of_a_program_breaks_the_reader(report: bytes) -> None:
    execution = execution_of(JOB, facts(report=report))
    assert execution.stage in Stage
    if execution.answer_json is not None:
        json.loads(execution.answer_json)
