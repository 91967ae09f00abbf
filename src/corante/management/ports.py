"""Whether a port can be listened on, asked before anything is started that would fail over it at length."""

from __future__ import annotations

import errno
import socket

from django.core.management.base import CommandError


def require_free(host: str, port: int, way_out: str) -> None:
    """Raises CommandError, with `way_out`, when nothing can listen on this address."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except PermissionError:
        raise CommandError(f"port {port} is kept for the system's administrator: {way_out}") from None
    except OverflowError:
        raise CommandError(f"{port} is no port; they go from 1 to 65535: {way_out}") from None
    except socket.gaierror:
        raise CommandError(f"{host} is no address of this machine; give one as in --host 127.0.0.1") from None
    except OSError as error:
        why = "is taken" if error.errno == errno.EADDRINUSE else f"can't be listened on ({error.strerror})"
        raise CommandError(f"port {port} of {host} {why}: {way_out}") from None


def free_port() -> int:
    """A port of loopback that nothing uses just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
