"""Django's settings, assembled from the site's folder; nothing here decides, everything is read.

The folder is `$CORANTE_DIR` (the commands set it from `--dir`, else the current folder when it holds a
`corante.toml`). Without one, settings still load, in memory, so that `--help`, checks and type checking work.
"""

from __future__ import annotations

import ipaddress
import os
import secrets
import tomllib
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import django
from django.utils.translation import to_locale

from corante.core.config import Config, ConfigError, read_config

PACKAGE = Path(__file__).resolve().parent.parent


def _folder() -> Path | None:
    if named := os.environ.get("CORANTE_DIR"):
        return Path(named).resolve()
    here = Path.cwd()
    return here if (here / "corante.toml").is_file() else None


def _config(folder: Path | None) -> Config:
    if folder is None or not (folder / "corante.toml").is_file():
        return Config(title="Corante", base_url="http://127.0.0.1:8000")
    try:
        with open(folder / "corante.toml", "rb") as file:
            return _with_embedder(read_config(tomllib.load(file)))
    except (tomllib.TOMLDecodeError, ConfigError) as error:
        raise SystemExit(f"corante.toml: {error}") from None
    except OSError as error:
        raise SystemExit(f"{error.filename}: {error.strerror}. Run it as the account that owns the site.") from None


def _with_embedder(config: Config) -> Config:
    """Raises ConfigError where the embedder's package is not installed; it is loaded by the worker alone."""
    package = config.embedder.partition(":")[0].partition(".")[0]
    if package and not find_spec(package):
        raise ConfigError(f"embedder {config.embedder!r}: no package {package!r} is installed beside Corante")
    return config


def _secret(folder: Path | None) -> str:
    """Signs sessions and links in letters; lives beside the database, readable by its owner only."""
    if folder is None:
        return secrets.token_urlsafe(48)
    file = folder / "secret.key"
    if not file.is_file():
        if not (folder / "corante.toml").is_file():
            return secrets.token_urlsafe(48)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as out:
            out.write(secrets.token_urlsafe(48))
    return file.read_text().strip()


def _spoken(language: str) -> str:
    """The site's language where Django has words in it, else English: without any Django would not start."""
    known = Path(django.__file__).parent / "conf" / "locale"
    names = (to_locale(language), to_locale(language.partition("-")[0]))
    return language if any(name and (known / name).is_dir() for name in names) else "en"


def _database(folder: Path | None, address: str) -> dict[str, Any]:
    if address:
        parts = urlsplit(address)
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")) or "corante",
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": dict(pair.split("=", 1) for pair in parts.query.split("&") if pair),
        }
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(folder / "corante.sqlite") if folder else ":memory:",
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            # Measured: 0 "database is locked" with these, 657 with the defaults (docs/decisions).
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536; "
                "PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY; PRAGMA journal_size_limit=67108864"
            ),
        },
    }


CORANTE_DIR: Path | None = _folder()
CORANTE: Config = _config(CORANTE_DIR)
PUBLIC_TREE: Path = (CORANTE_DIR or Path("/nonexistent")) / "public"
OUTBOX: Path = (CORANTE_DIR or Path("/nonexistent")) / "outbox"

SECRET_KEY = _secret(CORANTE_DIR)
DEBUG = False
_host = urlsplit(CORANTE.base_url).hostname or "127.0.0.1"
ALLOWED_HOSTS = [_host, "127.0.0.1", "localhost", "[::1]"]
_https = CORANTE.base_url.startswith("https://")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django_htmx",
    "corante.apps.CoranteConfig",
]
AUTH_USER_MODEL = "corante.Account"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "corante.site.guard.SiteGuard",  # hosts, CSP and the same-origin rule for every unsafe method
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "corante.project.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [PACKAGE / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {"environment": "corante.catalog.templating.environment", "autoescape": True},
    },
]
DATABASES = {"default": _database(CORANTE_DIR, os.environ.get("CORANTE_DATABASE", "") or CORANTE.database)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = _spoken(CORANTE.language)
TIME_ZONE = "UTC"  # rows hold instants; the site's zone is CORANTE.zone and is applied where people read
USE_TZ = True
USE_I18N = True

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/desk/login/"
LOGIN_REDIRECT_URL = "/desk/"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_NAME = "__Host-session" if _https else "session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "corante.site.public_views.forged"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if CORANTE.trusted_proxies else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "no-referrer" if not _https else "same-origin"
X_FRAME_OPTIONS = "DENY"
STATIC_URL = "/static/"
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

TRUSTED_PROXIES = [ipaddress.ip_network(n) for n in CORANTE.trusted_proxies]
LOGGING_CONFIG = None  # structlog is set up by the command that starts a process
