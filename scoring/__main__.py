"""Starts the scoring server: settings, models, serve."""

from __future__ import annotations

import sys

from scoring.servicer import ScoringServicer, load_scorer
from scoring.settings import ScoringSettings
from servicekit.server import run_server
from servicekit.settings import load_settings, main_guard


@main_guard
def main() -> int:
    """Serve until SIGTERM; exit code 78 when the settings are wrong."""
    settings = load_settings(ScoringSettings, env_prefix="CALLQA_SCORING_", file_env="CALLQA_SCORING_CONFIG")
    servicer = ScoringServicer()
    return run_server(
        settings=settings,
        services=lambda: [servicer.service()],
        load=lambda: servicer.start(load_scorer(settings)),
        name="scoring",
    )


if __name__ == "__main__":
    sys.exit(main())
