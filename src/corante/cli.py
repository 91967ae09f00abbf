"""`corante …`: find the site's folder, set Django up, hand over to the command."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Entry point of the `corante` command."""
    arguments = sys.argv[1:]
    if "--dir" in arguments:
        at = arguments.index("--dir")
        if at + 1 >= len(arguments):
            sys.exit("corante: --dir needs a folder, as in: corante run --dir ./news")
        os.environ["CORANTE_DIR"] = arguments[at + 1]
        del arguments[at : at + 2]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "corante.project.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["corante", *arguments])


if __name__ == "__main__":
    main()
