"""The corridor over a benchmark: completions, then results, then a report.

Covers two resumable stages that are files, grading what was made elsewhere, controls that prove
the grader before it scores, contamination, comparison of runs, shards and Ray. Receives ready
collaborators, prints nothing, draws nothing: that is ``console``'s work.
"""
