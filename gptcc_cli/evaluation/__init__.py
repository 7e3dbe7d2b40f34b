"""Evaluate a model on a benchmark: completions, then results, then a report.

Covers two resumable stages, grading completions made elsewhere, the grader's self-test,
contamination, comparison of runs, shards and Ray. Receives its collaborators and prints nothing;
``console`` does.
"""
