"""`corante restore`: a site from a backup, in a new folder, silent until told to send."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from corante.management.backup import SECRET, Manifest
from corante.management.base import Command as Base
from corante.management.restore import NotRestored, load, unpack
from corante.management.supervisor import corante


class Command(Base):
    help = "Make a site from a backup, in an empty folder. It sends no letter until you say so."
    example = "corante restore /backup/news.tar.gz ./news-restored"
    needs_site = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, help="what `corante backup` wrote")
        parser.add_argument("folder", metavar="DIR", type=Path, help="a folder that is empty or doesn't exist yet")
        parser.add_argument("--database", default="", help="for a backup of PostgreSQL: an empty database to fill")

    def handle(self, *_: Any, **options: Any) -> None:
        archive, folder = options["file"].absolute(), options["folder"].absolute()
        database = options["database"] or os.environ.get("CORANTE_DATABASE", "")
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise CommandError(f"{folder} is not empty: name a new folder; nothing is ever restored over a site")
        draft = folder.with_name(f".{folder.name}.part")
        shutil.rmtree(draft, ignore_errors=True)
        try:
            draft.mkdir(parents=True, mode=0o700)
            manifest = unpack(archive, draft)
            self._fill(manifest, draft, database)
            draft.replace(folder)
        except (NotRestored, OSError) as error:
            raise CommandError(f"nothing was restored: {error}") from None
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        self._tell(manifest, folder)

    def _fill(self, manifest: Manifest, draft: Path, database: str) -> None:
        """Everything a site needs, and the accounts checked, before it gets its name."""
        if manifest.engine == "postgresql" and not database:
            raise NotRestored(
                "it is a backup of PostgreSQL: make an empty database (createdb) and name it with --database"
            )
        if manifest.engine == "sqlite" and database:
            raise NotRestored(
                "it is a backup of SQLite; to move a site to PostgreSQL use `corante export` and `import`"
            )
        if database:
            load(manifest, draft, database)
        for part in ("public", "outbox"):
            (draft / part).mkdir()
        self._corante(draft, "prepare")
        self._corante(draft, "verify")

    def _corante(self, draft: Path, *arguments: str) -> None:
        """In a process of its own: settings are read once, and ours are of no site or of another."""
        self.stdout.flush()
        kept = {key: value for key, value in os.environ.items() if key not in ("CORANTE_DATABASE", "CORANTE_DIR")}
        if subprocess.call(corante("--dir", str(draft), *arguments), env=kept, cwd=draft) != 0:
            raise NotRestored(f"`corante {arguments[0]}` failed on it, see above")

    def _tell(self, manifest: Manifest, folder: Path) -> None:
        counts = manifest.counts
        self.stdout.write(
            f"\n{folder} is the site as it was at {manifest.made_at} (Corante {manifest.corante}): "
            f"{counts['corante_story']} stories, {counts['corante_subscriber']} subscribers.\n"
            "It sends no letters yet: what went out after that moment is unknown to it.\nNext:"
        )
        if not manifest.secrets:
            self.stdout.write(
                f"  put your {SECRET} into {folder} (without it, links in letters already sent don't work),\n"
                "  and the passwords back into corante.toml, where it says '...'"
            )
        self.stdout.write(
            f"  corante run --dir {folder}       the pages are written again; look at /desk/editions/\n"
            f"  corante doctor --dir {folder}    when this is the one that should mail, and no other"
        )
