from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from standalone.ports import LOOPBACK, choose_port, is_free

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def held_port() -> Iterator[int]:
    with socket.socket() as holder:
        holder.bind((LOOPBACK, 0))
        holder.listen()
        yield holder.getsockname()[1]


def test_a_kept_port_is_kept_while_it_is_free() -> None:
    port = choose_port()
    assert choose_port(kept=port) == port


def test_a_kept_port_that_another_program_holds_is_given_up(held_port: int) -> None:
    assert not is_free(held_port)
    assert choose_port(kept=held_port) != held_port


def test_a_kept_port_that_another_piece_has_is_given_up() -> None:
    port = choose_port()
    assert choose_port(kept=port, taken=[port]) != port


def test_chosen_ports_are_outside_the_range_of_outgoing_connections() -> None:
    assert all(20000 <= choose_port() < 32768 for _ in range(20))


def test_a_port_whose_connections_linger_is_free() -> None:
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind((LOOPBACK, choose_port()))
        server.listen()
        port = server.getsockname()[1]
        with socket.create_connection((LOOPBACK, port)):
            # The side that closes first is the one whose port lingers.
            server.accept()[0].close()
    assert is_free(port)
