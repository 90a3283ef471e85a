"""Everything that differs between machines, read from the environment once; a bad value stops the start with a sentence.

Without ``DATABASE_URL`` and ``REDIS_URL`` the settings point at the embedded servers that ``manage.py serve``
runs (see ``council/ops/engines.py``); a deployment sets both. Nothing else in the code knows the difference.
"""

from email.utils import parseaddr
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

import django_stubs_ext
import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from kombu import Queue

from council.api.about import SPECTACULAR
from council.ops import engines

django_stubs_ext.monkeypatch()  # lets Django's generic classes be subscripted at run time

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
IPNetwork = IPv4Network | IPv6Network


def flag(name: str, *, default: bool) -> bool:
    """Read a yes/no variable; anything but a clear yes or no stops the start."""
    value = env.str(name, default="yes" if default else "no").strip().lower()
    if value in {"1", "yes", "true", "on"}:
        return True
    if value in {"0", "no", "false", "off", ""}:
        return False
    raise ImproperlyConfigured(f"{name}={value!r} is neither yes nor no.")


def networks(name: str, *, default: str) -> list[IPNetwork]:
    """Read a list of networks; one that is none stops the start."""
    try:
        return [ip_network(part.strip()) for part in env.str(name, default=default).split(",") if part.strip()]
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: {error}.") from error


# --- Where state lives, and whether this process tree is the embedded one -------------------------------------------

STATE_DIR = Path(env.str("COUNCIL_STATE", default=str(BASE_DIR / "var")))
EMBEDDED = not env.str("DATABASE_URL", default="")
DEBUG = flag("DEBUG", default=False)

SECRET_KEY = env.str("SECRET_KEY", default="") or engines.secret_key(STATE_DIR, allowed=EMBEDDED)
if len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("SECRET_KEY needs at least 50 characters; a deployment sets it in the environment.")

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_URL = env.str("SITE_URL", default="http://localhost:8000").rstrip("/")

# --- Rooms ----------------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "council.web.apps.StaticFiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.idp.oidc",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "rules.apps.AutodiscoverRulesConfig",
    "council.core",
    "council.journal",
    "council.people",
    "council.documents",
    "council.meetings",
    "council.opinions",
    "council.findings",
    "council.decisions",
    "council.exchange",
    "council.integrations",
    "council.notifications",
    "council.ops",
    "council.api",
    "council.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "council.web.middleware.CompressionMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "council.web.middleware.LanguageMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "council.web.middleware.SeatsMiddleware",
    "council.web.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "council.web.context.frame",
            ],
            "builtins": ["council.web.templatetags.council"],
        },
    }
]
FORM_RENDERER = "council.web.forms.base.Renderer"

# --- PostgreSQL and Redis ------------------------------------------------------------------------------------------

DATABASES = {"default": engines.embedded_database(STATE_DIR) if EMBEDDED else env.db("DATABASE_URL")}
DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
if DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
    raise ImproperlyConfigured("DATABASE_URL must name a PostgreSQL server (15 or newer): postgresql://user@host/name")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# A streaming replica takes over reading where one is named: 0029. Without one, no question is routed.
if env.str("REPLICA_URL", default=""):
    DATABASES["replica"] = env.db("REPLICA_URL") | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    if DATABASES["replica"]["ENGINE"] != "django.db.backends.postgresql":
        raise ImproperlyConfigured("REPLICA_URL must name a streaming replica of the server in DATABASE_URL.")
    DATABASES["replica"]["OPTIONS"] = {"connect_timeout": 2} | DATABASES["replica"].get("OPTIONS", {})
    DATABASES["replica"]["TEST"] = {"MIRROR": "default"}
    DATABASE_ROUTERS = ["council.core.replicas.ReplicaRouter"]

REDIS_URL = env.str("REDIS_URL", default="") or engines.embedded_redis_url(STATE_DIR)
# The cache counts attempts and calls. Without Redis they go uncounted for a while; nobody is kept from working.
CACHES = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"IGNORE_EXCEPTIONS": True, "SOCKET_CONNECT_TIMEOUT": 1, "SOCKET_TIMEOUT": 1},
    }
}
DJANGO_REDIS_LOG_IGNORED_EXCEPTIONS = True

# --- Celery: a doorbell. What must not be lost is a row in PostgreSQL -------------------------------------------------

CELERY_BROKER_URL = engines.broker_url(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 1000
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "Asia/Seoul"
# What must be quick never stands in line behind what takes long. A worker without -Q serves them all.
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_QUEUES = [Queue(name) for name in ("tell", "mail", "push", "webhooks", "files", "default")]
CELERY_TASK_ROUTES = {
    "council.journal.tasks.*": {"queue": "tell"},
    "council.notifications.tasks.dispatch": {"queue": "tell"},
    "council.notifications.tasks.*mail*": {"queue": "mail"},
    "council.notifications.tasks.*digest*": {"queue": "mail"},
    "council.notifications.tasks.*push*": {"queue": "push"},
    "council.integrations.tasks.*": {"queue": "webhooks"},
    "council.exchange.tasks.*": {"queue": "files"},
}
# A worker with the library's defaults stays deaf after a silent network loss; with these it hears again in seconds.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 8,
    "socket_connect_timeout": 3,
    "health_check_interval": 5,
    "socket_keepalive": True,
    "visibility_timeout": 600,
}

# --- Webhooks -------------------------------------------------------------------------------------------------------

# Networks (10.1.0.0/16, …) that webhooks reach although they are private, over http too; no others.
WEBHOOK_PRIVATE_NETWORKS = networks("WEBHOOK_PRIVATE_NETWORKS", default="127.0.0.0/8,::1/128" if EMBEDDED else "")

# --- Who one is ------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "web:home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "council.web.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
IDP_OIDC_ADAPTER = "council.api.identity.Adapter"
IDP_OIDC_AUTH_METHODS = ["client_secret_basic", "client_secret_post"]
IDP_OIDC_ACCESS_TOKEN_EXPIRES_IN = 60 * 60
SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_COOKIE_HTTPONLY = True

# --- Mail: SMTP where EMAIL_URL says so; the embedded run keeps it in a folder one can read ---------------------------

MAIL_FOLDER = STATE_DIR / "mail" if EMBEDDED and not env.str("EMAIL_URL", default="") else None
if MAIL_FOLDER:
    EMAIL_BACKEND = "council.notifications.folder.FolderBackend"
else:
    vars().update(env.email_url("EMAIL_URL", default="smtp://localhost:25"))
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Council <no-reply@localhost>")
# An address whose domain's mail the site's mail server hands to `manage.py receive_mail` or `take_mail`: what comes back,
# answers to invitations and unsubscriptions go to addresses there. Empty: the product takes no mail.
BOUNCE_ADDRESS = env.str("BOUNCE_ADDRESS", default="")

# --- Push messages: signed with a key of ours (RFC 8292); without one there are none ----------------------------------

PUSH_KEY = env.str("PUSH_KEY", default="") or engines.push_key(STATE_DIR, allowed=EMBEDDED)
PUSH_CONTACT = env.str("PUSH_CONTACT", default=f"mailto:{parseaddr(DEFAULT_FROM_EMAIL)[1]}")

# --- Language, time --------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "ko"
LANGUAGES = [("ko", _("Korean")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "council" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Seoul"

# --- Static and uploaded files ---------------------------------------------------------------------------------------

# The embedded run and the tests serve files from where they lie; a deployment collects, hashes and compresses them.
STATIC_FROM_SOURCE = flag("STATIC_FROM_SOURCE", default=EMBEDDED)
_KRDS = BASE_DIR / "node_modules" / "krds-uiux" / "resources"
STATIC_URL = "static/"
STATIC_ROOT = None if STATIC_FROM_SOURCE else STATE_DIR / "static"
STATICFILES_DIRS = [
    (f"krds/{part}", str(_KRDS / part))
    for part in ("css/token", "css/component", "fonts", "img")
    if (_KRDS / part).is_dir()
]
MEDIA_ROOT = STATE_DIR / "files"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if STATIC_FROM_SOURCE
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = STATIC_FROM_SOURCE
WHITENOISE_AUTOREFRESH = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
ATTACHMENT_MAX_BYTES = 50 * 1024 * 1024

# The band that claims a page to be an official site of the Korean government belongs on such sites only.
OFFICIAL_GOVERNMENT_SITE = flag("OFFICIAL_GOVERNMENT_SITE", default=False)

# --- What a browser may do ------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "media-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
HTTPS = flag("HTTPS", default=SITE_URL.startswith("https://"))
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
if flag("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- REST API --------------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "council.api.authentication.BearerAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["council.api.rendering.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "council.api.pagination.KeysetPagination",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "council.api.problems.exception_handler",
    "PAGE_SIZE": 50,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Council API",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "council.api.schema.add_components",
        "council.api.examples.add_examples",
    ],
} | SPECTACULAR

# --- Log -------------------------------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="INFO")},
}
