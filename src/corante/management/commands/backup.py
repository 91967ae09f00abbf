"""`corante backup`: the whole site in one file, while it runs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from corante.management.backup import NoBackup, back_up
from corante.management.base import Command as Base


class Command(Base):
    help = (
        "Write a backup of the whole site to one file, also while it runs: database, jobs and settings, with checksums."
    )
    example = "corante backup /backup/news.tar.gz --with-secrets --dir ./news"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file", metavar="FILE", type=Path, help="where to, as in news.tar.gz; replaced when it exists"
        )
        parser.add_argument(
            "--with-secrets",
            action="store_true",
            help="also secret.key, the keys in dkim/ and the passwords in corante.toml",
        )

    def handle(self, *_: Any, **options: Any) -> None:
        target: Path = options["file"].absolute()
        if target.is_dir() or not target.parent.is_dir():
            raise CommandError(f"{target} must be a file in a folder that exists")
        database = os.environ.get("CORANTE_DATABASE", "") or settings.CORANTE.database
        try:
            manifest = back_up(self.folder, database, target, self.clock(), options["with_secrets"])
        except NoBackup as error:
            raise CommandError(str(error)) from None
        counts = manifest.counts
        self.stdout.write(
            f"{target}: {target.stat().st_size / 2**20:.1f} MB; {counts['corante_story']} stories, "
            f"{counts['corante_article']} articles, {counts['corante_subscriber']} subscribers, "
            f"{counts['corante_delivery']} deliveries."
        )
        if not options["with_secrets"]:
            self.stdout.write(
                "secret.key, dkim/ and passwords are not in it: keep those files apart, or use --with-secrets."
            )
