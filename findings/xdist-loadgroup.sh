#!/usr/bin/env bash
# pytest 9.2.0 with pytest-xdist 3.8.0: --dist loadgroup ignores every xdist_group mark, silently.
#
# pytest-xdist tells its scheduler the group of a test by appending "@group" to the private
# attribute _nodeid of each item. pytest 9.2.0 keeps a node's id in another attribute (_id, a
# NodeId), so that the suffix is never seen: tests that were to run in one process, because they
# share a port or hold programs to a time limit, run beside each other. Nothing warns.
#
# Seen on 2026-12-01: with pytest 9.1.1 the eight tests of one group ran in 1 worker; with pytest
# 9.2.0 in 2. Exits 0 while that is so, 1 when it has changed.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"
cat > test_group.py <<'P'
import pathlib
import time

import pytest


@pytest.mark.xdist_group("one")
@pytest.mark.parametrize("number", range(8))
def test_in_one_group(number, worker_id):
    with pathlib.Path("workers").open("a") as file:
        file.write(worker_id + "\n")
    time.sleep(0.2)
P
workers_with() {
  python3 -m venv "env-$1"
  "env-$1/bin/pip" install -q "pytest==$1" pytest-xdist==3.8.0 2>/dev/null
  rm -f workers
  "env-$1/bin/python" -m pytest -q -n 2 --dist loadgroup -p no:cacheprovider >/dev/null
  sort -u workers | wc -l
}
old=$(workers_with 9.1.1)
new=$(workers_with 9.2.0)
echo "pytest 9.1.1: the group ran in $old worker(s); pytest 9.2.0: in $new"
test "$old" = 1 && test "$new" = 2
