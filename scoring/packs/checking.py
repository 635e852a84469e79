"""Documents against their shape: every mistake at once, each with its line and a sentence that helps."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic_core import ErrorDetails

    from scoring.packs.document import Document, Path
    from scoring.packs.problem import Problem

Shape = TypeVar("Shape", bound=BaseModel)


def check_shape(
    shape: type[Shape], value: object, document: Document, at: Path = ()
) -> tuple[Shape | None, list[Problem]]:
    """Return `value`, which stands at `at` in the document, as `shape`, or None and every mistake in it."""
    try:
        return shape.model_validate(value), []
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        return None, [document.problem((*at, *item["loc"]), _sentence(item, shape)) for item in details]


def nearest(word: str, known: Iterable[str]) -> str:
    """Return "; did you mean 'x'?" for the known word closest to `word`, or ""."""
    close = get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return f"; did you mean '{close[0]}'?" if close else ""


def _sentence(item: ErrorDetails, shape: type[BaseModel]) -> str:  # noqa: PLR0911 - one sentence per kind of mistake
    key = str(item["loc"][-1]) if item["loc"] else ""
    context: dict[str, Any] = item.get("ctx", {})
    match item["type"]:
        case "extra_forbidden":
            known = _keys(shape, item["loc"][:-1])
            return f"there is no key '{key}' here{nearest(key, known)} (known: {', '.join(sorted(known))})"
        case "missing":
            return f"'{key}' is missing"
        case "value_error":
            return str(context["error"])
        case "string_type":
            return "this must be text; put quotes around it"
        case "string_pattern_mismatch":
            return f"this must look like {context['pattern']}"
        case "literal_error":
            return f"this must be {context['expected']}"
        case _:
            return item["msg"][0].lower() + item["msg"][1:]


def _keys(shape: type[BaseModel], path: tuple[str | int, ...]) -> set[str]:
    for part in path:
        if isinstance(part, str) and part in shape.model_fields:
            inner = _model_in(shape.model_fields[part].annotation)
            if inner is not None:
                shape = inner
    return set(shape.model_fields)


def _model_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in get_args(annotation):
        found = _model_in(part)
        if found is not None:
            return found
    return None
