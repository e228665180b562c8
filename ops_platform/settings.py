"""Settings: what differs by machine is read in env.py; business numbers are policy rows."""

from pathlib import Path

from ops_platform import logs
from ops_platform.env import env
from ops_platform.knobs import bucket_parts
from ops_platform.stack.certificate import own_addresses

# --- environment -------------------------------------------------------------------------------
BASE_DIR = Path(__file__).resolve().parent.parent
DEBUG = env.debug
SECRET_KEY = env.secret_key
ALLOWED_HOSTS = list(env.hosts or own_addresses())
OPS_VAR = env.var
OPS_DEMO = env.demo
OPS_DEMO_SIZE = env.demo_size

# --- apps --------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "axes",
    "django_htmx",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "foundation.trail",
    "foundation.people",
    "foundation.policy",
    "foundation.ui",
    "foundation.ledger",
    "foundation.imaging",
    "foundation.worklist",
    "foundation.hooks",
    "authorization",
    "clearing",
    "processing",
    "monitoring",
    "cash_center",
    "reconciliation",
    "dashboards",
    "ops_platform",
]
CENTRES = (
    "processing",
    "authorization",
    "monitoring",
    "clearing",
    "cash_center",
    "reconciliation",
    "dashboards",
)

# --- middleware --------------------------------------------------------------------------------
MIDDLEWARE = [
    "ops_platform.middleware.RequestLogMiddleware",
    "ops_platform.middleware.SizeMiddleware",
    "ops_platform.middleware.PlainTextMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Below the static files, which are packed once when they are collected.
    "ops_platform.middleware.PackMiddleware",
    "foundation.ui.middleware.SessionMiddleware",
    "foundation.ui.middleware.LanguageMiddleware",
    # Above whatever may refuse: a refusal, too, is a part where a part was asked for.
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "foundation.ui.middleware.StaffMiddleware",
    "foundation.ui.floor.FloorMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "ops_platform.urls"
WSGI_APPLICATION = "ops_platform.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "foundation.ui.engine.Templates",
        "NAME": "django",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "foundation.ui.context.shell",
            ],
        },
    }
]

# --- database ----------------------------------------------------------------------------------
DATABASES = {"default": env.database(env.db_role)}
OPS_DB_ROLE = env.db_role
OPS_LISTEN_AT = env.listen_at
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- cache and workers -------------------------------------------------------------------------
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": env.redis_url,
        "KEY_PREFIX": "ops",
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
    },
    # What must be counted while Redis is away is counted by each process for itself.
    "process": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}

# --- readiness: of the machinery (health.py), not of the business ---------------------------------
READY_DATABASE_MS = 500
READY_CLOCK_MS = 1000
READY_DISK_FREE_PERCENT = 10
READY_SILENT_SECONDS = env.silent_seconds
READY_JOB_SECONDS = 60
READY_SEAL_SECONDS = 300

# --- files -------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT: Path | None = env.var / "static"
STORAGES = {
    "default": {
        "BACKEND": "ops_platform.bucket.BucketStorage",
        "OPTIONS": bucket_parts(env.bucket_url),
    }
    if env.bucket_url
    else {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "ops_platform.assets.HashedStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_ALLOW_ALL_ORIGINS = False
# What was not collected (ops_platform/stack/collecting.py) comes from the apps' own folders.
WHITENOISE_USE_FINDERS = not (env.var / "static" / "staticfiles.json").is_file()
MEDIA_ROOT = env.var / "images"
SCAN_FOLDER = env.scan_folder
READING_NICE = env.reading_nice
DATA_UPLOAD_MAX_MEMORY_SIZE = 30 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024

# --- language and time -------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "foundation" / "kernel" / "locale"]  # the kernel is no Django app
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# --- sign-in and security ----------------------------------------------------------------------
AUTH_USER_MODEL = "people.Staff"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
LOGIN_URL = "people:sign_in"
SECURITY_PROFILE = env.security_profile
OPS_TOTP = env.totp
OPS_TOTP_KEYS = env.totp_keys
OPS_IDENTITY_KEYS = env.identity_keys
OPS_ID_NETWORK = env.id_network
OPS_ID_NETWORK_SECONDS = env.id_network_seconds
MONITORING_ASK_MS = env.ask_ms
# Networks besides the public one to which webhooks may lead.
HOOK_NETWORKS = env.hook_networks
AXES_VERBOSE = False
OTP_TOTP_ISSUER = "OPS"
OPS_ANCHOR_KEY = env.secret("anchor_key")
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.5
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_USERNAME_FORM_FIELD = "username"  # as authenticate() is called, whatever the page names it
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True  # the trail tells who signed in
AXES_LOCKOUT_CALLABLE = "foundation.people.web.locked_out"
SILENCED_SYSTEM_CHECKS = ["axes.W006"]  # a number locks wherever the tries come from
AXES_ENABLE_ADMIN = False
SESSION_COOKIE_NAME = "ops_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = env.public
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_SECURE = env.public
CSRF_FAILURE_VIEW = "foundation.ui.web.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "connect-src": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
    }
}

# --- REST --------------------------------------------------------------------------------------
API_CALLS_A_MINUTE = 600
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Operations platform",
    "DESCRIPTION": "For other systems of the bank: JSON only, money as text, problems by RFC 9457.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {"TruthEnum": ["true", "false"]},
}

# --- logs --------------------------------------------------------------------------------------
LOGGING_CONFIG = "ops_platform.logs.configure"
LOGGING = logs.configuration(env.log_level)
