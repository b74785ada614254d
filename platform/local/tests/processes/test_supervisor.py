import os
import socket

import psutil
import pytest

from switchboard.local.processes.ports import Port, PortTakenError
from switchboard.local.processes.supervisor import ProcessEndedError, Supervisor

STUBBORN = (
    "import pathlib, signal, threading; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "pathlib.Path('ready').touch(); threading.Event().wait()"
)
PARENT = (
    "import pathlib, subprocess, sys, threading; pathlib.Path('sessions').mkdir();"
    "subprocess.Popen([sys.executable, '-c', 'import threading; threading.Event().wait()'],"
    " cwd='sessions', start_new_session=True);"
    "pathlib.Path('ready').touch(); threading.Event().wait()"
)


def test_a_started_process_is_found_and_measured(workshop):
    process = workshop.start(workshop.spec())

    [status] = workshop.supervisor.status()

    assert (status.name, status.pid) == ("worker", process.pid)
    assert status.memory_bytes > 1_000_000
    assert 0 <= status.uptime_seconds < 60


def test_a_process_that_runs_is_not_started_again(workshop):
    spec = workshop.spec()

    first, second = workshop.start(spec).pid, workshop.start(spec).pid

    assert first == second


def test_stopping_asks_first_and_kills_what_does_not_listen(workshop):
    process = workshop.start(workshop.spec(STUBBORN))

    assert workshop.supervisor.stop("worker", grace=0.1)

    assert not process.is_running()
    assert workshop.supervisor.status() == []
    assert not workshop.supervisor.stop("worker")


def test_what_a_process_has_started_ends_with_it(workshop):
    process = workshop.start(workshop.spec(PARENT))
    [child] = process.children()

    workshop.supervisor.stop("worker", grace=5)

    assert not child.is_running()


def test_what_a_killed_process_left_behind_is_swept_away(workshop, until):
    process = workshop.start(workshop.spec(PARENT))
    [child] = process.children()
    process.kill()
    until(lambda: workshop.supervisor.find("worker") is None)
    assert child.is_running()

    # Another command, later.
    assert Supervisor(workshop.supervisor.home).sweep() == 1

    psutil.wait_procs([child], timeout=5)
    assert not child.is_running()


def test_a_sweep_leaves_the_children_of_a_running_process_alone(workshop):
    process = workshop.start(workshop.spec(PARENT))

    assert workshop.supervisor.sweep() == 0

    assert len(process.children()) == 1


def test_a_pid_file_of_a_dead_process_is_not_believed_even_when_its_pid_lives_again(workshop):
    workshop.supervisor.home.run.mkdir(parents=True)
    note = workshop.supervisor.home.run / "worker.json"
    note.write_text(f'{{"pid": {os.getpid()}, "created": 1.0, "ports": {{}}}}')

    assert workshop.supervisor.find("worker") is None

    assert not note.exists()


def test_a_process_that_ends_before_it_is_ready_shows_the_end_of_its_log(workshop):
    spec = workshop.spec("print('I lack a file'); raise SystemExit(3)")
    workshop.supervisor.start(spec)

    with pytest.raises(ProcessEndedError, match=r"worker ended before.*\n.*I lack a file"):
        workshop.supervisor.wait_until("worker", workshop.is_ready, 10)


def test_a_process_that_takes_too_long_is_named(workshop):
    workshop.supervisor.start(workshop.spec("import threading; threading.Event().wait()"))

    with pytest.raises(ProcessEndedError, match="worker is not ready after 0 s"):
        workshop.supervisor.wait_until("worker", workshop.is_ready, 0)


def test_a_taken_port_names_its_holder_and_the_setting(workshop):
    with socket.create_server(("127.0.0.1", 0)) as holder:
        number = holder.getsockname()[1]
        spec = workshop.spec("pass", "worker", Port(number, "gateway"))

        with pytest.raises(PortTakenError) as caught:
            workshop.supervisor.start(spec)

    assert f"port {number} (gateway) is taken by process {os.getpid()}" in str(caught.value)
    assert "SWITCHBOARD_PORT_GATEWAY" in str(caught.value)
