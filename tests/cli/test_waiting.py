import pytest

from gptcc_cli.cli.waiting import choose_waiting, others_want_the_cores, waiting_percent

PRESSURE = """\
some avg10={} avg60=1.00 avg300=2.00 total=7250844381
full avg10=0.00 avg60=0.00 avg300=0.00 total=0
"""


def test_threads_sleep_on_a_busy_machine_and_wait_awake_on_a_quiet_one():
    busy, quiet = {"HOME": "/"}, {"HOME": "/"}

    choose_waiting(busy, busy=True)
    choose_waiting(quiet, busy=False)

    assert busy == {"HOME": "/", "OMP_WAIT_POLICY": "passive"}
    assert "OMP_WAIT_POLICY" not in quiet
    assert int(quiet["GOMP_SPINCOUNT"]) > 0


@pytest.mark.parametrize("name", ["OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "KMP_BLOCKTIME"])
def test_what_the_user_has_set_stays(name):
    environment = {name: "0"}

    choose_waiting(environment, busy=False)

    assert environment == {name: "0"}


@pytest.mark.parametrize(("share", "busy"), [("0.00", False), ("12.50", False), ("99.22", True)])
def test_the_kernel_tells_whether_others_wait_for_a_core(tmp_path, share, busy):
    pressure = tmp_path / "cpu"
    pressure.write_text(PRESSURE.format(share))

    assert waiting_percent(pressure.read_text()) == float(share)
    assert others_want_the_cores(pressure) is busy


def test_a_system_that_does_not_tell_is_judged_by_its_load(tmp_path, monkeypatch):
    monkeypatch.setattr("os.getloadavg", lambda: (99.0, 0.0, 0.0))
    assert others_want_the_cores(tmp_path / "none")
    monkeypatch.setattr("os.getloadavg", lambda: (0.0, 0.0, 0.0))
    assert not others_want_the_cores(tmp_path / "none")
