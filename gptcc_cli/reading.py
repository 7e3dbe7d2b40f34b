"""Source -> Reading: what came as data joins what the statement says.

The one place where ``sources`` meets ``statement``. Data wins over text: limits, samples and
starter code that came beside a statement replace what would be read in it.
"""

from dataclasses import replace

from gptcc_cli.problem import Mode
from gptcc_cli.sources import Source
from gptcc_cli.statement import Reading, StatementWarning, read_statement


def understand(source: Source) -> Reading:
    """Read a source's statement and let the data that came beside it win.

    Hidden tests stay on the source: a ``Problem`` never carries them.
    """
    reading = read_statement(
        source.statement,
        id=source.id,
        starter_code=source.starter_code,
        entry_point=source.entry_point,
    )
    found = reading.problem
    problem = replace(
        found,
        samples=found.samples if source.samples is None else source.samples,
        answer=source.answer or found.answer,
        time_limit_s=source.time_limit_s or found.time_limit_s,
        memory_limit_bytes=source.memory_limit_bytes or found.memory_limit_bytes,
        difficulty=source.difficulty or found.difficulty,
        url=source.url or found.url,
    )
    notes = tuple(StatementWarning(message=note) for note in source.notes)
    if not source.samples:
        return replace(reading, problem=problem, warnings=(*reading.warnings, *notes))
    mode = Mode.STDIN if isinstance(source.samples[0].input, str) else Mode.CALL
    return Reading(problem=replace(problem, mode=mode), warnings=notes, found_by=("data",))
