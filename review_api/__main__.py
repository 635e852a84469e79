"""`callqa-review-api`: serves calls, batches, rubrics and scorecards until SIGTERM."""

from __future__ import annotations

import sys

from review_api.serving import ReviewApi
from review_api.settings import ReviewApiSettings
from servicekit.errors import UnavailableError
from servicekit.server import run_server
from servicekit.settings import load_settings, main_guard

_EXIT_UNAVAILABLE = 75


@main_guard
def main() -> int:
    """Serve until SIGTERM; exit code 75 when MongoDB does not answer at the start, 78 for wrong settings."""
    settings = load_settings(
        ReviewApiSettings, env_prefix="CALLQA_REVIEW_API_", file_env="CALLQA_REVIEW_API_CONFIG"
    )
    api = ReviewApi(settings)
    api.connect()
    try:
        return run_server(settings=settings, services=api.services, load=api.load, name="review_api")
    except UnavailableError as error:
        sys.stderr.write(f"{error}\n")
        return _EXIT_UNAVAILABLE


if __name__ == "__main__":
    sys.exit(main())
