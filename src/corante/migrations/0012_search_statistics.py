"""PostgreSQL counts how often words stand in stories more widely, so that it never reads them all for a rare one.

With its usual hundred it knows a thousand words, and takes every other one to stand in one story of 360.
"""

from django.db import migrations

TABLES = ("corante_search", "corante_recent")
COUNTED = 500


def widen(apps, schema_editor):
    """Used from the next ANALYZE on, which autovacuum makes."""
    _set(schema_editor, COUNTED)


def narrow(apps, schema_editor):
    """As usual again."""
    _set(schema_editor, -1)


def _set(schema_editor, to):
    if schema_editor.connection.vendor == "postgresql":
        for table in TABLES:
            schema_editor.execute(f"ALTER TABLE {table} ALTER COLUMN words SET STATISTICS {to}")


class Migration(migrations.Migration):
    dependencies = [("corante", "0011_deliver_turns")]
    operations = [migrations.RunPython(widen, narrow, elidable=False)]
