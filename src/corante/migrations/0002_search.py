"""The search index: FTS5 on SQLite, a tsvector with GIN on PostgreSQL. Written by catalog.search only.

On SQLite the words come folded and cut by core.tokens; `unicode61` only splits them at the spaces we put.
"""

from django.db import migrations

SQLITE = """
CREATE VIRTUAL TABLE corante_search USING fts5(
    headline, excerpt, outlets, language,
    tokenize = "unicode61 remove_diacritics 0 categories 'L* N* Co M* S* P*'", prefix = '2 3'
)
"""
POSTGRES = (
    "CREATE TABLE corante_search (story bigint PRIMARY KEY, words tsvector NOT NULL)",
    "CREATE INDEX corante_search_words ON corante_search USING gin (words)",
)


def make(apps, schema_editor):
    """Create the index for the database at hand."""
    if schema_editor.connection.vendor == "postgresql":
        for statement in POSTGRES:
            schema_editor.execute(statement)
    else:
        schema_editor.execute(SQLITE)


def drop(apps, schema_editor):
    """Take it away again."""
    schema_editor.execute("DROP TABLE corante_search")


class Migration(migrations.Migration):
    dependencies = [("corante", "0001_initial")]
    operations = [migrations.RunPython(make, drop, elidable=False)]
