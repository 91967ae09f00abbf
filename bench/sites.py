"""A site of its own for each measurement: a folder, a database, a process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any


def apart(race: str, *arguments: object, database: str = "") -> dict[str, Any]:
    """Run `python -m RACE --here ARGUMENTS` on a fresh site; returns the JSON of its last line, passes on the rest."""
    with tempfile.TemporaryDirectory(prefix="corante-bench-") as folder:
        Path(folder, "corante.toml").write_text('title = "Bench"\nbase_url = "http://127.0.0.1:8000"\n')
        env = os.environ | {"CORANTE_DIR": folder, "DJANGO_SETTINGS_MODULE": "corante.project.settings"}
        if database:
            env["CORANTE_DATABASE"] = database
        command = [sys.executable, "-m", race, "--here", *map(str, arguments)]
        said = subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    print(*said[:-1], sep="\n", flush=True)
    return dict(json.loads(said[-1]))


def ready() -> None:
    """Django with an empty database, in the process that measures."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
