"""Django's settings. What differs between installations comes from the environment.

=====================  ===========================================================================
EINIG_DATABASE         a path (SQLite, the default) or an address like postgresql://user@host/name
EINIG_DATABASE_OWNER   the same database as its owner, which changes tables (PostgreSQL)
EINIG_HOME             the folder of the default database and of the secret key
EINIG_URL              the address under which people reach Einig; mails link to it
EINIG_SECRET_KEY       signs sessions; made and kept in EINIG_HOME if it is missing
EINIG_MAIL             smtp://user:password@host:port, or a folder into which mails are written
EINIG_MAIL_FROM        who mails come from
=====================  ===========================================================================
"""

from __future__ import annotations

import os
import secrets
import warnings
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from django.utils.translation import gettext_lazy as _

HOME = Path(os.environ.get("EINIG_HOME", Path.home() / ".local" / "share" / "einig"))
URL = os.environ.get("EINIG_URL", "http://127.0.0.1:8400")


def _secret_key() -> str:
    """Return the key of this installation; it is made once, readable by its owner only."""
    if given := os.environ.get("EINIG_SECRET_KEY"):
        return given
    file = HOME / "secret-key"
    if not file.exists():
        HOME.mkdir(parents=True, exist_ok=True)
        made = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(made, "w", encoding="ascii") as out:
            out.write(secrets.token_urlsafe(50))
    return file.read_text(encoding="ascii")


def _database(given: str) -> dict[str, object]:
    if given.startswith(("postgresql://", "postgres://")):
        parts = urlsplit(given)
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or parse_qs(parts.query).get("host", [""])[0]),
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": None,
            "CONN_HEALTH_CHECKS": True,
            # what every activity asks is planned once for a connection, not each time
            "OPTIONS": {"server_side_binding": True, "prepare_threshold": 5},
        }
    return {
        "ENGINE": "einig.store.sqlite",
        "NAME": given,
        "TEST": {"NAME": ":memory:"},  # what pytest-django does only for Django's own backend
        "OPTIONS": {
            # writers wait for each other instead of failing in the middle of what they do
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;"
                "PRAGMA mmap_size=268435456; PRAGMA journal_size_limit=67108864;"
            ),
        },
    }


SECRET_KEY = _secret_key()
DEBUG = False
ALLOWED_HOSTS = [urlsplit(URL).hostname or "127.0.0.1", "127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS = [URL]
SECURE = URL.startswith("https://")
DATABASES = {"default": _database(os.environ.get("EINIG_DATABASE", str(HOME / "einig.sqlite3")))}
_owner = os.environ.get("EINIG_DATABASE_OWNER", "")
DATABASE_OWNER = _database(_owner) if _owner.startswith("postgres") else None
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "store.User"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "einig.store",
    "einig.web",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "einig.web.middleware.content_security",
    "einig.web.typed.readable",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "einig.web.middleware.language",
    "einig.web.middleware.signed_in",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "einig.web.slip.sent_once",
]
WORKER = "einig.jobs.worker.Worker"  # what `einig worker` runs
DEMO = "einig.jobs.demo.fill"  # what `einig demo` fills a store with
DEMO_ACCOUNTS = "einig.jobs.demo.accounts"
ROOT_URLCONF = "einig.config.urls"
FORM_RENDERER = "einig.web.fields.Renderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["einig.web.templatetags.slips"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "einig.web.context.shell",
            ],
        },
    }
]
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
CSRF_FAILURE_VIEW = "einig.web.views.account.not_sent"
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign_in"
PASSWORD_RESET_TIMEOUT = 24 * 3600

LANGUAGES = [("de", _("German")), ("en", _("English"))]
LANGUAGE_CODE = "de"
_HERE = Path(__file__).parents[1]
LOCALE_PATHS = [_HERE / "locale_du", _HERE / "locale"]  # what says du stands above the rest
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# style sheets and scripts are small: that they are read in one go is no news
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous")
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = None  # `api.size` refuses what is too large before it is read

_mail = os.environ.get("EINIG_MAIL", str(HOME / "mails"))
DEFAULT_FROM_EMAIL = os.environ.get("EINIG_MAIL_FROM", "Einig <einig@localhost>")
if _mail.startswith(("smtp://", "smtps://")):
    _smtp = urlsplit(_mail)
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = _smtp.hostname or "localhost", _smtp.port or 25
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = (
        unquote(_smtp.username or ""),
        unquote(_smtp.password or ""),
    )
    EMAIL_USE_SSL = _mail.startswith("smtps://")
    EMAIL_TIMEOUT = 20
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = _mail

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
