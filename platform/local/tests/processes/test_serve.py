import asyncio
import socket

import httpx

from switchboard.local.serve import STAND_INS, run, servers
from switchboard.local.settings import LocalSettings


def _free_ports(count):
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    numbers = [item.getsockname()[1] for item in held]
    for item in held:
        item.close()
    return numbers


def _loader(events):
    def load(name):
        def create_app(settings):
            async def app(scope, receive, send):
                if scope["type"] == "lifespan":
                    await receive()
                    events.append(f"{name} up")
                    await send({"type": "lifespan.startup.complete"})
                    await receive()
                    events.append(f"{name} down")
                    await send({"type": "lifespan.shutdown.complete"})
                    return
                await send({"type": "http.response.start", "status": 200, "headers": []})
                await send({"type": "http.response.body", "body": name.encode()})

            return app

        return create_app

    return load


async def _answers(port):
    transport = httpx.AsyncHTTPTransport(retries=20)
    async with httpx.AsyncClient(transport=transport) as client:
        await client.get(f"http://127.0.0.1:{port}/")


def test_all_stand_ins_answer_on_their_ports_and_end_together(tmp_path):
    ports = dict(zip(STAND_INS, _free_ports(len(STAND_INS)), strict=True))
    fields = {f"port_{name}": number for name, number in ports.items()}
    settings = LocalSettings(home=tmp_path, **fields)
    events = []
    running = servers(settings, _loader(events))

    async def scenario():
        task = asyncio.create_task(run(running))
        await asyncio.gather(*(_answers(number) for number in ports.values()))
        async with httpx.AsyncClient() as client:
            for name, number in ports.items():
                assert (await client.get(f"http://127.0.0.1:{number}/")).text == name
        running[0].should_exit = True
        await task

    asyncio.run(scenario())

    assert sorted(events) == sorted(
        f"{name} {state}" for name in STAND_INS for state in ("up", "down")
    )
