from __future__ import annotations

import threading

import pytest
from pydantic import SecretStr, ValidationError

from review_api.worker.interrupt import Interrupt, LeaseLostError, TerminatedError
from review_api.worker.patience import Patience, ServiceAwayError
from review_api.worker.service_errors import BusyError, LostError
from review_api.worker.settings import WorkerSettings
from servicekit.errors import SettingsError, UnavailableError
from servicekit.settings import load_settings


def make_settings(**fields: object) -> WorkerSettings:
    needed = {
        "mongodb_uri": SecretStr("mongodb://x/"),
        "transcription_address": "t:1",
        "scoring_address": "s:1",
        "store_patience_s": 0.3,
        "service_patience_s": 0.3,
    }
    return WorkerSettings(**(needed | fields))  # type: ignore[arg-type]


class Failing:
    """Raises as often as told, then answers."""

    def __init__(self, error: Exception, times: int) -> None:
        self.error = error
        self.left = times
        self.asked = 0

    def __call__(self, word: str) -> str:
        self.asked += 1
        if self.left > 0:
            self.left -= 1
            raise self.error
        return word


def test_an_interrupt_wakes_whoever_sleeps() -> None:
    interrupt = Interrupt()
    timer = threading.Timer(0.05, interrupt.set, [TerminatedError()])
    timer.start()
    with pytest.raises(TerminatedError):
        interrupt.sleep(60)
    timer.join()


def test_the_first_error_counts() -> None:
    interrupt = Interrupt()
    interrupt.check()
    interrupt.set(LeaseLostError())
    interrupt.set(TerminatedError())
    with pytest.raises(LeaseLostError):
        interrupt.check()


def test_a_call_is_cancelled_now_or_later() -> None:
    interrupt, cancelled = Interrupt(), []
    with interrupt.cancelling(lambda: cancelled.append("during")):
        interrupt.set(TerminatedError())
    with interrupt.cancelling(lambda: cancelled.append("before")):
        pass
    assert cancelled == ["during", "before"]


def test_a_child_ends_with_its_parent_only() -> None:
    parent = Interrupt()
    with parent.child() as child:
        child.set(LeaseLostError())
        parent.check()
    with parent.child() as child:
        parent.set(TerminatedError())
        with pytest.raises(TerminatedError):
            child.check()


def test_patience_repeats_while_the_other_end_is_away() -> None:
    patience = Patience(
        interrupt=Interrupt(), settings=make_settings(store_patience_s=30, service_patience_s=30)
    )
    assert patience.store(Failing(UnavailableError("away"), 2), "word") == "word"
    assert patience.service(Failing(LostError("away"), 2), "word") == "word"


def test_patience_ends() -> None:
    patience = Patience(interrupt=Interrupt(), settings=make_settings())
    with pytest.raises(UnavailableError):
        patience.store(Failing(UnavailableError("away"), 99), "word")
    with pytest.raises(ServiceAwayError, match="service_patience_s"):
        patience.service(Failing(LostError("away"), 99), "word")


def test_patience_is_for_absence_alone() -> None:
    patience = Patience(interrupt=Interrupt(), settings=make_settings())
    busy = Failing(BusyError("busy"), 1)
    with pytest.raises(BusyError):
        patience.service(busy, "word")
    assert busy.asked == 1


def test_an_interrupt_ends_patience() -> None:
    interrupt = Interrupt()
    interrupt.set(TerminatedError())
    patience = Patience(interrupt=interrupt, settings=make_settings(store_patience_s=600))
    with pytest.raises(TerminatedError):
        patience.store(Failing(UnavailableError("away"), 99), "word")


def test_settings_come_from_the_prefixed_environment_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEASE_S", "99")
    monkeypatch.setenv("CALLQA_WORKER_MONGODB_URI", "mongodb://secret:word@x/")
    monkeypatch.setenv("CALLQA_WORKER_TRANSCRIPTION_ADDRESS", "t:1")
    monkeypatch.setenv("CALLQA_WORKER_SCORING_ADDRESS", "s:1")
    settings = load_settings(WorkerSettings, env_prefix="CALLQA_WORKER_", file_env="CALLQA_WORKER_CONFIG")
    assert settings.lease_s == 20.0
    assert "word" not in repr(settings)
    monkeypatch.setenv("CALLQA_WORKER_LEASE_S", "0")
    with pytest.raises(SettingsError, match="CALLQA_WORKER_LEASE_S"):
        load_settings(WorkerSettings, env_prefix="CALLQA_WORKER_", file_env="CALLQA_WORKER_CONFIG")
    with pytest.raises(ValidationError):
        make_settings(lease_s=0)
