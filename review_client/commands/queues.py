"""`callqa queues`: how the calls of each queue are to be heard."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from callqa.v1 import queue_profile_pb2, queue_service_pb2
from callqa.v1.transcript_pb2 import SpeakerRole

from review_client import cells, output
from review_client.connection import CALL_TIMEOUT_S, connect
from review_client.errors import WrongInputError
from review_client.lookup import all_pages
from review_client.options import Address, Json, Limit
from review_client.queue_profiles import find_profile, profile_name, read_vocabulary, tidied
from review_client.render.queues import profile_facts, profiles_table

app = typer.Typer(
    name="queues",
    help="How the calls of a queue are to be heard: language, names that are said, channels.",
    no_args_is_help=True,
)

QueueName = Annotated[str, typer.Argument(metavar="QUEUE", help="The queue, exactly as its calls have it.")]


@app.command("list", epilog="Example: callqa queues list")
def list_queues(*, limit: Limit = 50, as_json: Json = False, address: Address = None) -> None:
    """List the queues that have a profile."""
    with connect(address) as server:

        def fetch(page_size: int, token: str) -> tuple[Sequence[queue_profile_pb2.QueueProfile], str]:
            request = queue_service_pb2.ListQueueProfilesRequest(page_size=page_size, page_token=token)
            answer = server.queues.ListQueueProfiles(request, timeout=CALL_TIMEOUT_S)
            return answer.queue_profiles, answer.next_page_token

        profiles, more = all_pages(fetch, limit=limit)
    empty = "no queue has a profile; `callqa queues set` makes one"
    output.show_list(profiles, profiles_table, as_json=as_json, more=more, empty=empty)


@app.command("show", epilog="Example: callqa queues show support")
def show_queue(queue: QueueName, *, as_json: Json = False, address: Address = None) -> None:
    """Show a queue's profile with its whole vocabulary."""
    with connect(address) as server:
        profile = _require(find_profile(server.queues, queue), queue)
    if as_json:
        output.show_object(profile)
    else:
        output.show(profile_facts(profile))


@app.command(
    "set",
    epilog="Examples: callqa queues set support --vocabulary-file names.txt; "
    'callqa queues set "Cards & Loans" --word "Harper Valley" --language und --channels customer,agent'
    "\n\n"
    "A call's own language and channel roles count more than its queue's. Calls that were heard before keep"
    " their transcripts until `callqa calls rehear`.",
)
def set_queue(
    queue: QueueName,
    *,
    language: Annotated[
        str | None,
        typer.Option(
            "--language",
            metavar="TAG",
            help='What calls are in that state no language: as en; und to have it detected; "" for English.',
        ),
    ] = None,
    vocabulary_file: Annotated[
        Path | None,
        typer.Option(
            "--vocabulary-file",
            metavar="FILE",
            help="Names and products that are likely to be said, one a line, in place of those there are.",
        ),
    ] = None,
    word: Annotated[
        list[str] | None,
        typer.Option(
            "--word",
            metavar="WORDS",
            help='One such name; may be repeated. They too replace those there are; "" alone removes them.',
            show_default=False,
        ),
    ] = None,
    channels: Annotated[
        str | None,
        typer.Option(
            "--channels",
            metavar="ROLE,ROLE",
            help='Who speaks on each channel of recordings with as many: as customer,agent; "" for the rule.',
        ),
    ] = None,
    as_json: Json = False,
    address: Address = None,
) -> None:
    """Make a queue's profile or change it. What is not named stays as it is."""
    if language is None and vocabulary_file is None and word is None and channels is None:
        raise WrongInputError(
            "there is nothing to set; give --language, --vocabulary-file, --word or --channels"
        )
    vocabulary = None
    if vocabulary_file is not None or word is not None:
        from_file = read_vocabulary(vocabulary_file) if vocabulary_file is not None else []
        vocabulary = tidied([*from_file, *(word or [])])
    roles = None if channels is None else _roles(channels)
    with connect(address) as server:
        profile = find_profile(server.queues, queue)
        if profile is None:
            profile = queue_profile_pb2.QueueProfile(name=profile_name(queue), queue=queue)
        if language is not None:
            profile.language = language.strip()
        if vocabulary is not None:
            profile.vocabulary[:] = vocabulary
        if roles is not None:
            profile.channel_roles[:] = roles
        request = queue_service_pb2.UpdateQueueProfileRequest(queue_profile=profile, allow_missing=True)
        profile = server.queues.UpdateQueueProfile(request, timeout=CALL_TIMEOUT_S)
    if as_json:
        output.show_object(profile)
    else:
        output.show(profile_facts(profile))


@app.command("delete", epilog="Example: callqa queues delete support")
def delete_queue(queue: QueueName, *, address: Address = None) -> None:
    """Remove a queue's profile: its calls are then heard as they themselves say, or by rule."""
    with connect(address) as server:
        profile = _require(find_profile(server.queues, queue), queue)
        request = queue_service_pb2.DeleteQueueProfileRequest(name=profile.name, etag=profile.etag)
        server.queues.DeleteQueueProfile(request, timeout=CALL_TIMEOUT_S)
    output.note(f"the queue {queue} has no profile any more")


def _roles(channels: str) -> Sequence[SpeakerRole.ValueType]:
    words = [word for word in channels.split(",") if channels.strip()]
    try:
        return [cells.role(word) for word in words]
    except cells.CellError as error:
        raise WrongInputError(f"--channels {channels}: {error} in channel order, as customer,agent") from None


def _require(profile: queue_profile_pb2.QueueProfile | None, queue: str) -> queue_profile_pb2.QueueProfile:
    if profile is None:
        raise WrongInputError(
            f"the queue {queue} has no profile; `callqa queues list` shows those that have one"
        )
    return profile
