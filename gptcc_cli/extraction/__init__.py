"""Completion -> Candidate: cleaning that is recorded, with the raw text kept.

Pure. Never looks at tests, never runs code, never decides by a verdict.
``docs/concepts/verdicts.md`` lists the steps in words.
"""

from gptcc_cli.extraction.additions import granted_imports, starter_names
from gptcc_cli.extraction.candidate import NO_CODE, Candidate, candidate_of, merge, program_id
from gptcc_cli.extraction.canonical import hash_of
from gptcc_cli.extraction.cleaning import Style, extract, style_of
from gptcc_cli.extraction.generated_tests import GeneratedTest, GeneratedTests, read_generated_tests

__all__ = [
    "NO_CODE",
    "Candidate",
    "GeneratedTest",
    "GeneratedTests",
    "Style",
    "candidate_of",
    "extract",
    "granted_imports",
    "hash_of",
    "merge",
    "program_id",
    "read_generated_tests",
    "starter_names",
    "style_of",
]
