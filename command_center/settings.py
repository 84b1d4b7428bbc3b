"""All settings: environment in, typed, checked here so that a wrong one stops the start and names itself.

Nothing else reads the environment. `docs/reference/settings.md` lists each one.
"""

import re
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import environ
import pghistory
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from command_center import bounds, clock, logs, mailing, pushing, telephony, uploads
from command_center.geo import library

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()


def setting(name: str, kind: type = str, default: object = environ.Env.NOTSET, *, means: str):  # type: ignore[no-untyped-def]
    """One variable of the environment. A missing or malformed one stops the start with its name; `means` is its documentation."""
    try:
        return env(name, cast=kind, default=default)
    except (ValueError, ImproperlyConfigured) as error:
        raise ImproperlyConfigured(f"setting {name}: {error}") from error


# --- the machine -----------------------------------------------------------------------------------------------------
DEBUG = setting("DEBUG", bool, False, means="Never on in a running city.")
SECRET_KEY = setting("SECRET_KEY", means="Signs sessions; `./city up` makes one in `var/secret`.")
bounds.check(len(SECRET_KEY) >= 32, "SECRET_KEY: at least 32 characters")
CITY_VAR = Path(setting("VAR", str, str(BASE_DIR / "var"), means="Where everything the city keeps lives."))
ALLOWED_HOSTS = setting("ALLOWED_HOSTS", list, ["localhost", "127.0.0.1", "[::1]"], means="Names under which the city is reached.")
CSRF_TRUSTED_ORIGINS = setting("CSRF_TRUSTED_ORIGINS", list, [], means="Exact origins (scheme, host, port) from which forms may come.")
LIVE_ORIGINS = setting("LIVE_ORIGINS", list, CSRF_TRUSTED_ORIGINS, means="Exact origins from which the websocket may be opened.")
HTTPS = setting("HTTPS", bool, False, means="The city is reached by HTTPS: secure cookies, HSTS.")
METRICS_TOKEN = setting("METRICS_TOKEN", str, "", means="Bearer token of the scraper of `/metrics`; empty closes it.")
METRICS_LOOPBACK = setting("METRICS_LOOPBACK", bool, False, means="Open `/metrics` to requests from this machine.")
LEAST_FREE_MB = setting("LEAST_FREE_MB", int, 500, means="Below this much free disk the city is not ready, in megabytes.")
GDAL_LIBRARY_PATH = library("pyogrio", "libgdal*.so*")
GEOS_LIBRARY_PATH = library("shapely", "libgeos_c*.so*")

# --- the city --------------------------------------------------------------------------------------------------------
CITY_NAME = setting("CITY_NAME", str, "", means="Shown in the header.")
CITY_TIME_ZONE = setting("CITY_TIME_ZONE", str, "Asia/Shanghai", means="Times are stored in UTC and shown in this zone.")
try:
    ZoneInfo(CITY_TIME_ZONE)
except (ZoneInfoNotFoundError, ValueError) as error:
    raise ImproperlyConfigured(f"setting CITY_TIME_ZONE: {CITY_TIME_ZONE!r} is no time zone") from error
TIME_ZONE = CITY_TIME_ZONE
USE_TZ = True
LANGUAGE_CODE = setting("LANGUAGE_CODE", str, "zh-hans", means="The language of a browser that asks for none.")
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
# What a screen of this room shows until somebody chooses otherwise on that desk.
ROOM_THEME = setting("ROOM_THEME", str, "light", means="light or dark: what a console starts with.")
bounds.check(ROOM_THEME in {"light", "dark"}, f"ROOM_THEME: light or dark, not {ROOM_THEME!r}")
FIRST_DAY_OF_WEEK = 1

# --- rooms -----------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "daphne",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "command_center.static_files.StaticFiles",
    "django.contrib.postgres",
    "django.contrib.gis",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
    "channels",
    "csp",
    "django_filters",
    "django_htmx",
    "django_prometheus",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "knox",
    "leaflet",
    "pgtrigger",
    "pghistory",
    "rest_framework",
    "treebeard",
    "journal",
    "access",
    "live",
    "files",
    "gis",
    "resources",
    "incidents",
    "alerts",
    "chat",
    "exchange",
    "insight",
    "push",
    "command_center",
]


MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "command_center.language.ReaderLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "access.middleware.ActorMiddleware",
    "live.middleware.PositionMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "command_center.refusals.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]
ROOT_URLCONF = "command_center.urls"
ASGI_APPLICATION = "command_center.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [BASE_DIR / "templates"], "APP_DIRS": True,
        "OPTIONS": {"context_processors": [
            "django.template.context_processors.request", "django.template.context_processors.i18n",
            "django.contrib.auth.context_processors.auth", "django.contrib.messages.context_processors.messages",
            "command_center.context.city",
        ]},
    }
]  # fmt: skip

# --- parts -----------------------------------------------------------------------------------------------------------
DATABASES = {"default": env.db_url("DATABASE_URL")}
DATABASES["default"] |= {
    "ENGINE": "django.contrib.gis.db.backends.postgis",
    "CONN_MAX_AGE": 0,
    "CONN_HEALTH_CHECKS": True,
    "DISABLE_SERVER_SIDE_CURSORS": False,
}
DATABASES["default"].setdefault("OPTIONS", {})
DATABASES["default"]["OPTIONS"] |= {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15000,
    "pool": {
        "min_size": setting("DATABASE_POOL_MIN", int, 1, means="Connections each process keeps open."),
        "max_size": setting("DATABASE_POOL_MAX", int, 12, means="Connections each process opens at most."),
        "timeout": 5,
        "max_idle": 120,
    },
}
# History is read by its object alone: an index on every other reference would only make each change of a unit or an incident dearer.
PGHISTORY_FOREIGN_KEY_FIELD = pghistory.ForeignKey(db_index=False)
PGHISTORY_CONTEXT_FIELD = pghistory.ContextForeignKey(db_index=False)
PGHISTORY_OBJ_FIELD = pghistory.ObjForeignKey(db_index=True)
REDIS_URL = setting("REDIS_URL", means="Broker, cache and the fast path of the live socket; no truth lives there.")
CHANNEL_LAYERS = {"default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": [REDIS_URL]}}}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "city",
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
    }
}

CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {"journal.tasks.*": {"queue": "reactions"}}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_SOFT_TIME_LIMIT = 90
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CONSUMER = "command_center.workers:QuickConsumer"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300, "unacked_restore_interval": 5, "unacked_restore_throttle": False,
    "socket_timeout": 5, "socket_connect_timeout": 5, "health_check_interval": 10,
}  # fmt: skip
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = clock.SCHEDULE
CELERY_BEAT_SCHEDULE_FILENAME = str(CITY_VAR / "run" / "beat")
CELERY_BROKER_CONNECTION_MAX_RETRIES = None

# --- people ----------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/ops/"
LOGOUT_REDIRECT_URL = "/accounts/login/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_ADAPTER = "access.sign_in.ClosedDoor"
ACCOUNT_EMAIL_VERIFICATION = "none"
# Failures are counted by axes for (name, address); counting them by name alone would let anyone lock a person out.
ACCOUNT_RATE_LIMITS = {"login": "300/m/ip", "login_failed": ""}
ACCOUNT_PREVENT_ENUMERATION = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = False
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
SOCIALACCOUNT_ADAPTER = "access.sign_in.KnownPeople"
SOCIALACCOUNT_PROVIDERS = {}
OIDC_SERVER_URL = setting("OIDC_SERVER_URL", str, "", means="Sign-in through an OpenID Connect server; empty for none.")
if OIDC_SERVER_URL:
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "city",
                "name": setting("OIDC_NAME", str, "OpenID", means="What its button is called."),
                "client_id": setting("OIDC_CLIENT_ID", means="This city's name there."),
                "secret": setting("OIDC_CLIENT_SECRET", means="This city's secret there."),
                "settings": {"server_url": OIDC_SERVER_URL, "uid_field": "sub"},
            }
        ],
    }
# A whole room sits behind one address, so only the pair (name, address) is slowed down, never the address.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 5 / 60
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_URL = "/accounts/login/?slow=1"
AXES_ENABLE_ADMIN = False
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
if setting("BEHIND_PROXY", bool, False, means="A proxy of ours sets X-Forwarded-Proto."):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "media-src": ["'self'", "blob:"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        **{each: ["'none'"] for each in ("object-src", "base-uri", "frame-ancestors")},
    }
}
# The city's own tile services as XYZ templates, separated by blanks: the map first, then what lies over it (names of Tianditu).
BASEMAP_URLS = setting("BASEMAP_URL", str, "", means="XYZ or WMTS template of an external basemap; empty uses the city's own file.").split()
BASEMAP_MAX_ZOOM = setting("BASEMAP_MAX_ZOOM", int, 18, means="Deepest zoom of the external basemap.")
BASEMAP_ATTRIBUTION = setting("BASEMAP_ATTRIBUTION", str, "", means="What the external basemap asks to be shown.")
BASEMAP_FILE = Path(setting("BASEMAP_FILE", str, str(CITY_VAR / "basemap" / "city.pmtiles"), means="The city's own basemap, one PMTiles file."))
for basemap_url in BASEMAP_URLS:
    origin = urlsplit(basemap_url)
    if origin.scheme not in {"http", "https"} or not origin.netloc or not {"{z}", "{x}", "{y}"} <= set(re.findall(r"\{\w\}", basemap_url)):
        raise ImproperlyConfigured(f"setting BASEMAP_URL: {basemap_url!r} is no http address with {{z}}, {{x}} and {{y}}")
    hosts = f"{origin.scheme}://{origin.netloc.replace('{s}', '*')}"
    CONTENT_SECURITY_POLICY["DIRECTIVES"]["img-src"].append(hosts)

# --- reporters and places outside --------------------------------------------------------------------------------------
REPORTER_CHANNELS = setting("REPORTER_CHANNELS", str, "console", means="How reporters are told: names of channels, the best first.").split()
REPORTER_WEBHOOK_URL = setting("REPORTER_WEBHOOK_URL", str, "", means="Where the channel webhook posts messages to reporters; empty: nowhere.")
REPORTER_WEBHOOK_SECRET = setting("REPORTER_WEBHOOK_SECRET", str, "", means="What signs those posts (HMAC-SHA256).")
REPORTER_WEBHOOK_SECONDS = setting("REPORTER_WEBHOOK_SECONDS", float, 5.0, means="How long its gateway may take.")
PAGE_CHANNELS = setting("PAGE_CHANNELS", str, "", means="Ways besides the console by which pages go out, by their names.").split()
GEOCODER_URL = setting("GEOCODER_URL", str, "", means="An outside geocoder, an address with {q}, like Nominatim or Photon; empty for none.")
GEOCODER_SECONDS = setting("GEOCODER_SECONDS", float, 3.0, means="How long the outside geocoder may take before it is done without.")
GEOCODER_DATUM = setting("GEOCODER_DATUM", str, "WGS84", means="The system its coordinates are in: WGS84, CGCS2000, GCJ02 or BD09.")

# --- messages to closed tablets --------------------------------------------------------------------------------------
PUSH_CONTACT: str = setting("PUSH_CONTACT", str, "", means="mailto: or https: by which push services reach whoever runs the city; empty: no push.")
PUSH_PRIVATE_KEY: str = setting("PUSH_PRIVATE_KEY", str, "", means="Signs what goes to push services; `./city up` makes one in `var/push-key`.")
PUSH_HOSTS: list[str] = setting(
    "PUSH_HOSTS", str, "fcm.googleapis.com *.push.services.mozilla.com *.notify.windows.com web.push.apple.com",
    means="Push services that are sent to, by host, separated by blanks; a whole origin is one of the city's own, inside the house too.",
).split()  # fmt: skip
PUSH_SECONDS: int = setting("PUSH_SECONDS", int, 300, means="For how long a message to a closed tablet is worth anything: then it is given up.")
pushing.check(PUSH_CONTACT, PUSH_PRIVATE_KEY, PUSH_HOSTS, PUSH_SECONDS)

# --- travel by road --------------------------------------------------------------------------------------------------
ROUTING_URL = setting("ROUTING_URL", str, "", means="Address of a Valhalla the city runs itself; empty uses the one `serve_routes` runs here.")
bounds.check(not ROUTING_URL or bounds.is_web(ROUTING_URL), f"ROUTING_URL: {ROUTING_URL!r} is no http address")
ROUTING_PROGRAMS = Path(
    setting("ROUTING_PROGRAMS", str, str(CITY_VAR / "routing" / "valhalla" / "bin"), means="Where the routing engine's programs are.")
)
ROUTES_DIR = Path(setting("ROUTES_DIR", str, str(CITY_VAR / "routes"), means="Where the network for travel by road is kept."))
ROUTING_CAR_KMH: int = setting(
    "ROUTING_CAR_KMH", int, 40, means="The speed of a unit type for which the engine's times count as they are; half of it takes twice as long."
)
bounds.check(5 <= ROUTING_CAR_KMH <= 150, "ROUTING_CAR_KMH: 5 to 150")

# --- tokens and REST -------------------------------------------------------------------------------------------------
KNOX_TOKEN_MODEL = "access.Token"
REST_KNOX = {"AUTO_REFRESH": False, "AUTH_HEADER_PREFIX": "Token"}
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["access.tokens.KeptTokenActor", "access.authentication.SessionActor"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["access.rest.wire.JsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["access.rest.wire.JsonParser"],
    "DEFAULT_SCHEMA_CLASS": "access.rest.schema.CitySchema",
    "EXCEPTION_HANDLER": "access.rest.problems.answer_to",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
# Counted for each person or token, never for an address: a whole room sits behind one.
API_RATE_PER_MINUTE = setting("API_RATE_PER_MINUTE", int, 6000, means="REST requests each token or person may make in a minute, in each web process.")
PORT = setting("PORT", int, 8000, means="Where the web server of this machine listens.")
CITY_URL = setting("CITY_URL", str, f"http://127.0.0.1:{PORT}", means="Address at which verbs that play calls reach the running city.")
SPECTACULAR_SETTINGS = {
    "TITLE": "City command platform",
    "DESCRIPTION": "Reports, incidents, units and what happened. Refusals are RFC 9457 problems; every POST takes an Idempotency-Key.",
    "VERSION": "1", "OAS_VERSION": "3.1.0", "SCHEMA_PATH_PREFIX": "/api/v1/",
    "SERVE_INCLUDE_SCHEMA": False, "SERVE_PUBLIC": True,
    "COMPONENT_SPLIT_REQUEST": True, "COMPONENT_NO_READ_ONLY_REQUIRED": False,
    "POSTPROCESSING_HOOKS": ["access.rest.schema.finish"],
    "SWAGGER_UI_DIST": "SIDECAR", "SWAGGER_UI_FAVICON_HREF": "SIDECAR", "REDOC_DIST": "SIDECAR",
}  # fmt: skip

# --- files -----------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = CITY_VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "command_center.storage.ModuleManifestStorage"},
}
MEDIA_ROOT = CITY_VAR / "media"
MEDIA_URL = "/media-is-never-served-directly/"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
PAPER_FILE = setting("PAPER_FILE", str, str(CITY_VAR / "paper" / "environment.json"), means="What the maker of PDFs gets; `./city up` writes it.")
ATTACHMENT_MAX_BYTES = setting("ATTACHMENT_MAX_BYTES", int, 25_000_000, means="Largest file sent in one piece; larger ones are sent resumably.")
ROOM_FILES_KEEP_DAYS: int = setting("ROOM_FILES_KEEP_DAYS", int, 0, means="For how many days files of messages are kept; 0: for good.")
ROOM_WORDS_KEEP_DAYS: int = setting("ROOM_WORDS_KEEP_DAYS", int, 0, means="After how many days the words of messages are forgotten; 0: never.")
ATTACHMENT_KEEP_DAYS: int = setting("ATTACHMENT_KEEP_DAYS", int, 0, means="For how many days files of incidents are kept; 0: for good.")
PICTURE_MAX_BYTES: int = setting("PICTURE_MAX_BYTES", int, 40_000_000, means="Largest picture that may be handed in.")
VIDEO_MAX_BYTES: int = setting("VIDEO_MAX_BYTES", int, 1_000_000_000, means="Largest video that may be handed in.")
VOICE_MAX_BYTES: int = setting("VOICE_MAX_BYTES", int, 100_000_000, means="Largest voice recording that may be handed in.")
DOCUMENT_MAX_BYTES: int = setting("DOCUMENT_MAX_BYTES", int, 50_000_000, means="Largest document that may be handed in.")
UPLOAD_PERSON_MB: int = setting("UPLOAD_PERSON_MB", int, 3_000, means="Megabytes one person may have on their way or not used yet.")
UPLOAD_TOTAL_MB: int = setting("UPLOAD_TOTAL_MB", int, 50_000, means="Megabytes that all may have on their way or not used yet.")
CLAMD_URL: str = setting("CLAMD_URL", str, "", means="Virus scanner: unix:///run/clamav/clamd.ctl or tcp://host:3310; empty: files are not scanned.")
CLAMD_SECONDS: float = setting("CLAMD_SECONDS", float, 60.0, means="How long the virus scanner may be silent before a file waits for it.")
uploads.check(CLAMD_URL, CLAMD_SECONDS, PICTURE_MAX_BYTES, VIDEO_MAX_BYTES, VOICE_MAX_BYTES, DOCUMENT_MAX_BYTES, UPLOAD_PERSON_MB, UPLOAD_TOTAL_MB)
MAIL_URL: str = setting("MAIL_URL", str, "", means="Mail server: smtp://user:password@host:587 (smtp+tls, smtp+ssl); empty: no mail goes out.")
MAIL_FROM: str = setting("MAIL_FROM", str, "city@localhost", means="From whom mails of the city come.")
PUBLIC_URL: str = setting("PUBLIC_URL", str, "http://localhost:8000", means="How people outside reach the city: it begins the links in mails.")
globals().update(mailing.of(MAIL_URL, MAIL_FROM))
SHARE_MOST_HOURS = setting("SHARE_MOST_HOURS", int, 168, means="Longest time for which something may be shared with others, in hours.")

# --- positions -------------------------------------------------------------------------------------------------------
TRACK_RETENTION_DAYS: int = setting("TRACK_RETENTION_DAYS", int, 30, means="For how many days the tracks of units are kept.")
bounds.check(TRACK_RETENTION_DAYS >= 2, "TRACK_RETENTION_DAYS: at least 2")

# --- callers ---------------------------------------------------------------------------------------------------------
CALLER_LOCATION_MINUTES: int = setting("CALLER_LOCATION_MINUTES", int, 30, means="After how many minutes it is forgotten where a caller's phone was.")
CALLER_COUNTRY_CODE: str = setting("CALLER_COUNTRY_CODE", str, "86", means="Calling code of the country that a number without one belongs to.")
telephony.check_callers(CALLER_LOCATION_MINUTES, CALLER_COUNTRY_CODE)
TELEPHONY_SECRETS = setting("TELEPHONY_SECRETS", str, "", means="Secrets with which exchanges sign what they tell; empty closes the door.").split()
TELEPHONY_SIP_ACCOUNT = setting("TELEPHONY_SIP_ACCOUNT", str, "city", means="Who asks for those lines: a name, or name:password.")
TELEPHONY_SIP_LINES = setting("TELEPHONY_SIP_LINES", str, "", means="SIP addresses of lines to follow by dialog events; empty for none.").split()
TELEPHONY_OVERFLOW_SECONDS = setting("TELEPHONY_OVERFLOW_SECONDS", int, 20, means="How long a call rings until the supervisor is told.")
TELEPHONY_HOURS = setting("TELEPHONY_HOURS", int, 24, means="For how many hours the number of a telephone call is kept, to call back.")
telephony.check(TELEPHONY_SECRETS, TELEPHONY_SIP_LINES, TELEPHONY_OVERFLOW_SECONDS, TELEPHONY_HOURS)
CALL_URL = setting("CALL_URL", str, "tel:{number}", means="What rings a number from a desk: tel:{number}, sip:{number}@pbx.example, or a page.")
CONFERENCE_URL = setting("CONFERENCE_URL", str, "", means="Where incidents confer, like https://meet.example/{room}; empty for nowhere.")
telephony.check_addresses(CALL_URL, CONFERENCE_URL)
# --- map -------------------------------------------------------------------------------------------------------------
LEAFLET_CONFIG = {
    "DEFAULT_CENTER": (39.92, 116.40), "DEFAULT_ZOOM": 10, "MIN_ZOOM": 4, "MAX_ZOOM": 19,
    "RESET_VIEW": False, "ATTRIBUTION_PREFIX": "", "TILES": [], "NO_GLOBALS": False,
}  # fmt: skip

# --- logs ------------------------------------------------------------------------------------------------------------
LOG_LEVEL = setting("LOG_LEVEL", str, "INFO", means="What is written to the logs.")
LOGGING = logs.configuration(LOG_LEVEL)
