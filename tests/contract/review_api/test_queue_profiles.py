"""What the repository of queue profiles promises, on a real MongoDB."""

from __future__ import annotations

from dataclasses import replace

import pytest

from review_api.domain.calls import SpeakerRole
from review_api.domain.queue_profiles import QueueProfile
from review_api.storage.queue_profiles import MongoQueueProfileRepository
from servicekit.errors import NotFoundError, StaleError

pytestmark = pytest.mark.usefixtures("storage")

PROFILE = QueueProfile(
    queue="Cards & Loans",
    language="und",
    vocabulary=("Harper Valley", "Zürich"),
    channel_roles=(SpeakerRole.CUSTOMER, SpeakerRole.AGENT),
)


def test_a_profile_comes_back_as_it_was() -> None:
    queues = MongoQueueProfileRepository()
    made = queues.create(PROFILE)
    assert made.etag
    assert queues.find(PROFILE.queue) == queues.get(PROFILE.id) == made
    assert queues.find("cards & loans") is None
    assert queues.find_all(["other", PROFILE.queue]) == {PROFILE.queue: made}
    with pytest.raises(NotFoundError, match="queueProfiles/other"):
        queues.get("other")


def test_a_profile_is_replaced_as_it_was_seen() -> None:
    queues = MongoQueueProfileRepository()
    made = queues.create(PROFILE)
    changed = queues.replace(made, replace(PROFILE, vocabulary=()))
    assert queues.find(PROFILE.queue) == changed
    assert (changed.vocabulary, changed.create_time) == ((), made.create_time)
    assert changed.etag != made.etag
    for late in (
        lambda: queues.replace(made, PROFILE),
        lambda: queues.delete(made),
        lambda: queues.create(PROFILE),
    ):
        with pytest.raises(StaleError, match="has changed since"):
            late()
    queues.delete(changed)
    assert queues.find(PROFILE.queue) is None


def test_a_queue_called_like_another_s_id_has_not_its_profile() -> None:
    queues = MongoQueueProfileRepository()
    queues.create(PROFILE)
    assert queues.find(PROFILE.id) is None


def test_profiles_are_listed_by_id() -> None:
    queues = MongoQueueProfileRepository()
    made = [queues.create(QueueProfile(queue=queue)) for queue in ("c", "a", "b")]
    first = queues.page(after="", size=2)
    assert [profile.queue for profile in first] == ["a", "b"]
    assert queues.page(after=first[-1].id, size=2) == [made[0]]
