"""Ports on 127.0.0.1: whether they are free, and who holds them when they are not."""

import socket
from dataclasses import dataclass
from typing import Any

import psutil  # type: ignore[import-untyped]

from switchboard.local.settings import HOST


@dataclass(frozen=True)
class Port:
    """A port of the platform and the variable that changes it."""

    number: int
    purpose: str

    @property
    def variable(self) -> str:
        """The setting of this port."""
        return f"SWITCHBOARD_PORT_{self.purpose.upper()}"


class PortTakenError(RuntimeError):
    """A port is in use; the message names who holds it and the setting that changes it."""

    remedy = "stop what holds it, or set the variable to a free port"


def check_free(ports: tuple[Port, ...]) -> None:
    """Raise PortTakenError for the ports of `ports` that somebody else listens on."""
    taken = [port for port in ports if not is_free(port.number)]
    if taken:
        raise PortTakenError("\n".join(_said(port) for port in taken))


def is_free(number: int) -> bool:
    """Whether a server could listen there now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, number))
        except OSError:
            return False
    return True


def holder(number: int) -> str:
    """Who listens on the port, as far as the system tells us."""
    for connection in _listening():
        if connection.laddr.port == number and connection.pid:
            try:
                process = psutil.Process(connection.pid)
                command = " ".join(process.cmdline())[:120]
            except psutil.Error:
                return f"process {connection.pid}"
            return f"process {connection.pid} ({command or process.name()})"
    return "another user's process"


def _listening() -> list[Any]:
    try:
        found = psutil.net_connections(kind="tcp")
    except psutil.AccessDenied:  # macOS shows other processes' sockets to root only
        return []
    return [item for item in found if item.status == psutil.CONN_LISTEN]


def _said(port: Port) -> str:
    return (
        f"port {port.number} ({port.purpose}) is taken by {holder(port.number)}; "
        f"{port.variable} chooses another one"
    )
