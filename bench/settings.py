"""The product's settings, with the yardsticks' addresses, and with the server's files in the benchmark's folder."""

import os
from pathlib import Path

from config.settings import *  # noqa: F403  # a settings module holds every setting

ROOT_URLCONF = "bench.urls"
BASE_DIR = Path(os.environ["BENCH_FOLDER"])
STATIC_ROOT = BASE_DIR / "var" / "static"
