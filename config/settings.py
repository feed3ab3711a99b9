"""Every setting, read from the environment or from `.env`; `NAME_FILE` names a file that holds the value.

The README's table lists them. A setting that cannot work stops the process here, with a sentence saying why.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from config.addresses import check_issuer, is_address
from config.environment import BASE_DIR, env, flag, ranges, required, whole
from config.logs import logging_config

SHORTEST_SECRET_KEY = 32

# The process

VERSION = "0.1.0"
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var")))
DEBUG = flag("DEBUG", default=False)
HOST = env.str("HOST", default="127.0.0.1")
PORT = whole("PORT", 8000)
WORKERS = whole("WORKERS", 2)
THREADS = whole("THREADS", 32)
RUN_WORKER = flag("RUN_WORKER", default=True)
LOGGING = logging_config(level=env.str("LOG_LEVEL", default="INFO"), style=env.str("LOG_FORMAT", default="json"))
LOGGING_CONFIG = "config.logs.configure"

# Secrets

SECRET_KEY = required("SECRET_KEY", "`make run` writes one into .env; any 50 random characters do.")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
if any(len(key) < SHORTEST_SECRET_KEY for key in (SECRET_KEY, *SECRET_KEY_FALLBACKS)):
    raise ImproperlyConfigured(f"SECRET_KEY signs access tokens: it needs {SHORTEST_SECRET_KEY} random characters.")
ENCRYPTION_KEY = required(
    "ENCRYPTION_KEY",
    "It is 32 random bytes in base64 (`openssl rand -base64 32`), and must be the key that sealed what is "
    "stored: restore it from your backup of .env rather than making a new one.",
)
ENCRYPTION_KEY_FALLBACKS = env.list("ENCRYPTION_KEY_FALLBACKS", default=[])

# Where the site is

SITE_URL = env.str("SITE_URL", default=f"http://127.0.0.1:{PORT}").rstrip("/")
SITE = urlsplit(SITE_URL)
if SITE.scheme not in {"http", "https"} or not SITE.hostname:
    raise ImproperlyConfigured(f"SITE_URL must be a URL like https://connections.example.com, not {SITE_URL}")
HTTPS = SITE.scheme == "https"
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[SITE.hostname, "localhost", "127.0.0.1", "[::1]"])
TRUSTED_PROXIES = ranges("TRUSTED_PROXIES")
CSRF_TRUSTED_ORIGINS = [SITE_URL]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"  # Strict would sign out whoever comes back from GitLab
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_ENGINE = "organizations.web.session_store"
SESSION_COOKIE_AGE = 7 * 24 * 3600
CSRF_FAILURE_VIEW = "wire.pages.csrf_failure"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],  # wire.pages.allow_form_to adds to it
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
SILENCED_SYSTEM_CHECKS = ["security.W008"]  # TLS ends at the operator's proxy, which also redirects

# OAuth clients: what each of the variables means is declared by its provider

VARIABLES = (name.removesuffix("_FILE") for name in os.environ if name.startswith("INF_APP_CONNECTION_"))
APP_CONNECTION_VARIABLES: dict[str, str] = {name: env.str(name).strip() for name in VARIABLES}

# The network beyond

ALLOW_INTERNAL_IP_CONNECTIONS = flag("ALLOW_INTERNAL_IP_CONNECTIONS", default=False)
ALLOWED_INTERNAL_HOSTS = env.list("ALLOWED_INTERNAL_HOSTS", default=[])
EXTRA_CA_CERTS = env.str("EXTRA_CA_CERTS", default="")

# Limits per client address and minute; 0 is no limit

RATE_LIMITS = {
    "login": whole("RATE_LIMIT_LOGIN", 60),
    "password-reset": whole("RATE_LIMIT_PASSWORD_RESET", 5),  # per hour: each is a mail to somebody
    "second-factor": whole("RATE_LIMIT_SECOND_FACTOR", 20),  # per hour: six digits are soon guessed
    "sign-in": whole("RATE_LIMIT_SIGN_IN", 10),
    "write": whole("RATE_LIMIT_WRITE", 0),
}
MAX_BODY_BYTES = 1_048_576
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

# The application

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
INSTALLED_APPS = [
    "config",
    "wire",
    "audit",
    "organizations",
    "identities",
    "connections",
    "oauth",
    "config.apps.OperatorPages",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.usersessions",
    "csp",
    "django_htmx",
    "heroicons",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]
MIDDLEWARE = [
    "wire.middleware.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "wire.middleware.PageCompressionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "wire.middleware.DocumentPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "identities.web.first_run.FirstRunMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.navigation.shell",
            ]
        },
    },
]
APPEND_SLASH = False
AUTH_USER_MODEL = "organizations.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# How people sign in

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/organization/app-connections"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
PASSWORD_RESET_TIMEOUT = 3600
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
ACCOUNT_ADAPTER = "organizations.web.sign_in.Accounts"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # whoever makes a person's account vouches for the address
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = "App Connections: "
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_FORMS = {
    "change_password": "organizations.web.forms.NewPassword",
    "reset_password": "organizations.web.forms.ForgottenPassword",
}
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_RATE_LIMITS = False  # counted in the database, for all processes together: organizations/web/attempts.py
try:
    vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
except ImproperlyConfigured:
    raise ImproperlyConfigured("EMAIL_URL must be like smtp+tls://user:password@mail.example.com:587") from None
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("EMAIL_FROM", default=f"App Connections <noreply@{SITE.hostname}>")

# Second factors and passkeys

MFA_ADAPTER = "organizations.web.second_factor.SecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "activate_totp": "organizations.web.forms.ActivateApp",
    "add_webauthn": "organizations.web.forms.AddPasskey",
    "authenticate": "organizations.web.forms.Code",
    "authenticate_webauthn": "organizations.web.forms.PasskeySecond",
    "edit_webauthn": "organizations.web.forms.RenamePasskey",
    "login_webauthn": "organizations.web.forms.PasskeySignIn",
    "reauthenticate": "organizations.web.forms.CodeAgain",
    "reauthenticate_webauthn": "organizations.web.forms.PasskeyAgain",
}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # as above: no address here was typed by a stranger
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "App Connections"
MFA_TOTP_TOLERANCE = 1  # telephones whose clock is half a minute off
MFA_RATE_LIMITS = {"webauthn_login": None}  # counted with the other logins
# Browsers offer passkeys to host names only, over https or on the machine itself (W3C Web Authentication, 5.1).
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = SITE.hostname == "localhost" and not HTTPS
PASSKEYS = MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN or (HTTPS and not is_address(SITE.hostname))

# Single sign-on: one issuer, which is believed about the e-mail addresses that it calls verified

OIDC_ISSUER = env.str("OIDC_ISSUER", default="")
OIDC_CLIENT_ID = env.str("OIDC_CLIENT_ID", default="")
OIDC_CLIENT_SECRET = env.str("OIDC_CLIENT_SECRET", default="")
OIDC_NAME = env.str("OIDC_NAME", default="single sign-on")
if OIDC_ISSUER:
    check_issuer(OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET)
SOCIALACCOUNT_ADAPTER = "organizations.web.single_sign_on.People"
SOCIALACCOUNT_REQUESTS_TIMEOUT = 10

# The database

DATABASE = env.db_url("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'app.sqlite3'}")
if DATABASE["ENGINE"] == "django.db.backends.sqlite3":
    DATABASE["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # FULL: a refresh token that GitLab has rotated must survive a power cut, not only a crash.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-4000",
    }
    DATABASE["CONN_MAX_AGE"] = None
else:
    DATABASE.setdefault("OPTIONS", {})
    DATABASE["OPTIONS"]["pool"] = {"min_size": 2, "max_size": THREADS, "timeout": 10}
    if flag("DATABASE_PREPARED_STATEMENTS", default=True):
        # PostgreSQL plans a statement once instead of each time: planning is most of what a hot read costs it.
        DATABASE["OPTIONS"] |= {"server_side_binding": True, "prepare_threshold": 2}
DATABASES = {"default": DATABASE}

# REST

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["identities.authentication.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["wire.policies.Authenticated"],
    "DEFAULT_RENDERER_CLASSES": ["wire.renderers.FastJSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["wire.parsers.BoundedJSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "wire.policies.AlwaysJSON",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "wire.envelope.handle_exception",
    "UNAUTHENTICATED_USER": None,
    "UNAUTHENTICATED_TOKEN": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "App Connections",
    "VERSION": VERSION,
    "DESCRIPTION": "Connections of an organization to GitLab and GitHub: stored, checked, permissioned, audited.",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    "POSTPROCESSING_HOOKS": ["wire.schema.finish"],
}
