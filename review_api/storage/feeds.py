"""A batch's changes as MongoDB tells them: a change stream over its items."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Final

from pymongo.errors import OperationFailure

from review_api.ports import HistoryLostError
from review_api.storage.documents import BatchItemDocument
from review_api.storage.mapping import item_from
from review_api.storage.outages import is_passing, storage_errors
from review_api.storage.writing import collection_of, document_of
from servicekit.errors import FieldViolation, InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from review_api.domain.batches import BatchItem

# ChangeStreamFatalError, ChangeStreamHistoryLost, CappedPositionLost: the log no longer reaches the token.
_TOO_OLD_CODES: Final = frozenset({280, 286, 136})
_TOKEN: Final = re.compile(r"[0-9A-Fa-f]{1,1024}")
# How long a read waits for a change, and how long it then gathers more: bursts become one answer.
_GATHER_S: Final = 0.2


class MongoItemFeed:
    """Implements ItemFeed. The stream is opened by the constructor, so what changes later is not missed.

    The token is the change stream's own, hexadecimal digits. InvalidInputError for one that is none,
    HistoryLostError for one that the database's log no longer reaches.
    """

    @storage_errors()
    def __init__(self, batch_id: str, resume_token: str) -> None:
        if resume_token and not _TOKEN.fullmatch(resume_token):
            raise _bad_token()
        # Items are only ever inserted and replaced, and such changes carry the whole document.
        pipeline = [{"$match": {"documentKey._id": {"$regex": f"^{re.escape(batch_id)}/"}}}]
        try:
            self._stream = collection_of(BatchItemDocument).watch(
                pipeline,
                max_await_time_ms=round(_GATHER_S * 1000),
                resume_after={"_data": resume_token} if resume_token else None,
            )
        except OperationFailure as error:
            raise _token_error(error, resume_token) from error

    @property
    def resume_token(self) -> str:
        """See ItemFeed."""
        token = self._stream.resume_token
        return "" if token is None else str(token["_data"])

    @storage_errors()
    def changes(self) -> Sequence[BatchItem]:
        """See ItemFeed."""
        changed: dict[str, BatchItem] = {}
        ends_at_s = float("inf")
        while time.monotonic() < ends_at_s:
            event = self._stream.try_next()
            if event is None:
                break
            if not changed:
                ends_at_s = time.monotonic() + _GATHER_S
            document = event["fullDocument"]
            changed[document["_id"]] = item_from(document_of(BatchItemDocument, document))
        return list(changed.values())

    @storage_errors()
    def close(self) -> None:
        """See ItemFeed."""
        self._stream.close()


def _token_error(error: OperationFailure, resume_token: str) -> Exception:
    if error.code in _TOO_OLD_CODES:
        return HistoryLostError("resume_token: too much has changed since; watch again without it")
    # A server that is stopping answers with an OperationFailure too; it says nothing about the token.
    return _bad_token() if resume_token and not is_passing(error) else error


def _bad_token() -> InvalidInputError:
    description = "not a token of WatchBatch; use the one of an answer, or none"
    return InvalidInputError(
        f"resume_token: {description}", violations=[FieldViolation("resume_token", description)]
    )
