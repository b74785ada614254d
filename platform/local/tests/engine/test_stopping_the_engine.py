from uuid import uuid4

import psutil

from switchboard.local.processes import specs


def test_the_engine_listens_on_loopback_only(engine):
    listening = [
        connection.laddr.ip
        for connection in engine.process().net_connections(kind="inet")
        if connection.status == psutil.CONN_LISTEN
    ]

    assert listening == ["127.0.0.1"]


def test_a_restart_keeps_tables_stacks_and_streams_and_leaves_no_function_behind(engine, until):
    before, after = uuid4().hex, uuid4().hex
    engine.publish(before)
    until(lambda: engine.seen(before))
    functions = engine.process().children()

    engine.supervisor.stop(specs.ENGINE, 30)
    psutil.wait_procs(functions, timeout=5)
    log = engine.settings.folder.logs / f"{specs.ENGINE}.log"
    assert "failed to save" not in log.read_text()
    assert functions
    assert not [process for process in functions if process.is_running()]
    engine.start()

    assert engine.seen(before)
    assert engine.deploy() == ["unchanged"]
    engine.publish(after)
    until(lambda: engine.seen(after))


def test_a_stack_whose_update_was_cut_off_can_be_deployed(engine):
    engine.supervisor.stop(specs.ENGINE, 30)
    path = engine.settings.folder.engine_state / "state" / "cloudformation.json"
    text = path.read_text()
    assert "_COMPLETE" in text
    for done in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        status = f'"StackStatus": "{done}"'
        text = text.replace(status, status.replace("COMPLETE", "IN_PROGRESS"))
    path.write_text(text.replace("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS"))
    engine.start()

    assert engine.deploy() == ["updated"]
    assert engine.invoke({})["request_id"]


def test_a_kill_loses_little_and_leaves_no_function_behind(engine, until):
    event_id = uuid4().hex
    engine.publish(event_id)
    until(lambda: engine.seen(event_id))
    saved = engine.settings.folder.engine_state / "state" / "switchboard_streams.json"
    until(lambda: event_id in saved.read_text())
    functions = engine.process().children()

    engine.process().kill()
    _gone, alive = psutil.wait_procs(functions, timeout=5)
    assert not alive
    until(lambda: engine.supervisor.find(specs.ENGINE) is None)
    engine.start()

    assert engine.row(f"OUTBOX#{event_id}", "OUTBOX") is not None
    again = uuid4().hex
    engine.publish(again)
    until(lambda: engine.seen(again), 30)
