from __future__ import annotations

import pickle

import pytest

from servicekit.errors import CallqaError, FieldViolation
from transcription import errors

OURS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, CallqaError)]


@pytest.mark.parametrize("kind", OURS, ids=lambda kind: kind.__name__)
def test_every_error_comes_back_whole_from_a_hearing_process(kind: type[CallqaError]) -> None:
    error = kind("a sentence", violations=[FieldViolation("field", "why")], metadata={"key": "value"})
    try:
        raise error from ValueError("what the caller said")
    except CallqaError as raised:
        sent = pickle.dumps(raised)
    assert b"what the caller said" not in sent
    back = pickle.loads(sent)  # noqa: S301 - made above
    assert type(back) is kind
    assert (back.message, str(back)) == ("a sentence", "a sentence")
    assert back.violations == (FieldViolation("field", "why"),)
    assert back.metadata == {"key": "value"}
