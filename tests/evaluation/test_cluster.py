"""On a real Ray cluster of two nodes, both on this machine."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gptcc_cli.checkers import CheckerOptions
from gptcc_cli.evaluation import grading
from gptcc_cli.evaluation.cluster import (
    RemoteJudgeOptions,
    connect,
    grade_on_cluster,
    write_on_cluster,
)
from gptcc_cli.evaluation.completions import generate
from gptcc_cli.evaluation.grading import GradeSettings
from gptcc_cli.evaluation.stages import EvalProgress
from gptcc_cli.judging import AskedLimits
from tests.evaluation import killed_run
from tests.evaluation.small import JUDGING

ROOT = Path(__file__).parents[2]
NODE = {"num_cpus": 2, "object_store_memory": 80 << 20}

pytestmark = [
    pytest.mark.slow,
    # Ray leaves sockets and files for its own shutdown to close.
    pytest.mark.filterwarnings("ignore"),
]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    pytest.importorskip("ray", reason="Ray is not installed: pip install 'gptcc[ray]'")
    patch = pytest.MonkeyPatch()
    patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    patch.setenv("PYTHONPATH", str(ROOT))
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={**NODE, "include_dashboard": False})
    try:
        with connect(cluster.address):
            yield cluster
    finally:
        cluster.shutdown()
        patch.undo()


class NodeKiller:
    """Takes a node away when a run has come so far."""

    def __init__(self, cluster: Any, at: int) -> None:
        self.cluster, self.at, self.node = cluster, at, cluster.add_node(**NODE)
        cluster.wait_for_nodes()

    def __call__(self, progress: EvalProgress) -> None:
        if progress.n_done >= self.at and self.node is not None:
            self.cluster.remove_node(self.node, allow_graceful=False)
            self.node = None


def _run_on(cluster: Any, directory: Path, *, workers: int, killing: bool) -> None:
    directory.mkdir()
    benchmark = killed_run.benchmark_in(directory)
    generate(
        benchmark,
        directory,
        header=killed_run.header(benchmark),
        n=killed_run.N,
        write_all=write_on_cluster(killed_run.writer, workers),
        listen=NodeKiller(cluster, 5) if killing else None,
    )
    settings = GradeSettings()
    judge = RemoteJudgeOptions(limits=AskedLimits(), options=CheckerOptions())
    grading.grade(
        benchmark,
        directory,
        header=grading.results_header(directory, benchmark, settings, JUDGING),
        grade_all=grade_on_cluster(benchmark, settings, judge),
        listen=NodeKiller(cluster, 8) if killing else None,
    )


def test_one_two_and_four_workers_and_a_lost_node_give_the_same_files(
    cluster: Any, tmp_path: Path
) -> None:
    (tmp_path / "here").mkdir()
    killed_run.run(tmp_path / "here")
    _run_on(cluster, tmp_path / "one", workers=1, killing=False)
    _run_on(cluster, tmp_path / "two", workers=2, killing=False)
    _run_on(cluster, tmp_path / "four", workers=4, killing=True)
    for name in ("completions.jsonl", "results.jsonl"):
        wanted = (tmp_path / "here" / name).read_bytes()
        for run in ("one", "two", "four"):
            assert (tmp_path / run / name).read_bytes() == wanted, (run, name)


def test_an_error_the_user_can_mend_comes_home_as_itself(cluster: Any, tmp_path: Path) -> None:
    from gptcc_cli.errors import ModelError

    tmp_path.joinpath("run").mkdir()
    benchmark = killed_run.benchmark_in(tmp_path)
    with pytest.raises(ModelError, match="no such model") as caught:
        generate(
            benchmark,
            tmp_path,
            header=killed_run.header(benchmark),
            n=killed_run.N,
            write_all=write_on_cluster(killed_run.missing_model, 1),
        )
    assert caught.value.hint == "name another"
