"""The one Django app: the tables are one foreign-key chain, the walls are import contracts."""

from django.apps import AppConfig


class CoranteConfig(AppConfig):
    name = "corante"
    default_auto_field = "django.db.models.BigAutoField"
