"""What is too large is refused before it is read, wherever it is sent, and nothing else suffers."""

from __future__ import annotations

import contextlib
import socket

import pytest

from tests.servers import Server

TOO_MUCH = 10 * 2**20
LIMITS = {"/api/leads": b"512 KB", "/hooks/chat": b"512 KB", "/f/form": b"512 KB", "/call": b"5 MB"}


@pytest.mark.parametrize("address", LIMITS)
def test_ten_megabytes_are_refused_before_they_are_sent(server: Server, address: str) -> None:
    head = f"POST {address} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {TOO_MUCH}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(head.encode() + b"x" * 1000)
        said = connection.recv(12)
        while LIMITS[address] not in said:
            said += (part := connection.recv(4096))
            assert part, said
    assert said.startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize("address", LIMITS)
def test_a_body_without_end_is_refused(server: Server, address: str) -> None:
    head = f"POST {address} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(head.encode())
        with contextlib.suppress(ConnectionError):  # the server does not listen to all of it
            for _ in range(TOO_MUCH // 0x10000):
                connection.sendall(chunk)
        with contextlib.suppress(ConnectionError):
            assert connection.recv(12) in {b"HTTP/1.1 413", b""}
    assert server.is_well()
