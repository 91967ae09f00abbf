"""A site's folder: made once, prepared as often as one likes, refused when it is newer than the code."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection

from corante.management.founding import Refused, first_account, prepare, write_config
from corante.models import Account, Digest, Instance, Topic
from tests.conftest import NOW


def test_settings_are_written_once_and_read_back(tmp_path: Path) -> None:
    import tomllib

    write_config(
        tmp_path, {"title": 'The "Sheet"\\', "base_url": "http://127.0.0.1:8000", "allow_network": ["127.0.0.0/8:9"]}
    )
    kept = tomllib.loads((tmp_path / "corante.toml").read_text())
    assert kept == {"title": 'The "Sheet"\\', "base_url": "http://127.0.0.1:8000", "allow_network": ["127.0.0.0/8:9"]}
    with pytest.raises(Refused, match="exists already"):
        write_config(tmp_path, {"title": "Other", "base_url": "http://127.0.0.1"})


@pytest.mark.django_db
def test_preparing_twice_changes_nothing(site: Path) -> None:
    prepare(NOW)
    first = (Topic.objects.count(), Digest.objects.count(), Instance.objects.get().key)
    prepare(NOW)
    assert (Topic.objects.count(), Digest.objects.count(), Instance.objects.get().key) == first
    assert first[:2] == (1, 1)


@pytest.mark.django_db
def test_a_database_newer_than_the_code_is_refused_with_a_sentence(site: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('corante', '9999_from_tomorrow', '2027-01-01 00:00:00')"
        )
    with pytest.raises(Refused, match=r"9999_from_tomorrow.*newer version"):
        prepare(NOW)


@pytest.mark.django_db
def test_only_the_first_account_is_made_by_itself() -> None:
    assert first_account("admin", "a long password") is not None
    assert first_account("second", "a long password") is None
    assert Account.objects.get().is_admin
