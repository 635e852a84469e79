"""`callqa calls set-roles` and `callqa calls rehear`: what a person does about a call heard wrongly."""

from typing import Annotated, Final

import typer
from callqa.v1 import call_service_pb2, transcript_pb2

from review_client import cells, output
from review_client.connection import CALL_TIMEOUT_S, connect
from review_client.errors import WrongInputError
from review_client.lookup import find_call, get_transcript, require_result
from review_client.options import Address, CallName, Json
from review_client.render.speakers import speakers_table
from review_client.words import counted

_OTHER: Final = {
    transcript_pb2.AGENT: transcript_pb2.CUSTOMER,
    transcript_pb2.CUSTOMER: transcript_pb2.AGENT,
}


def set_roles(
    call: CallName,
    *,
    speaker: Annotated[
        list[str] | None,
        typer.Option(
            "--speaker",
            metavar="N=ROLE",
            help="Speaker N of the transcript is agent, customer or unknown; once for each to be set.",
            show_default=False,
        ),
    ] = None,
    swap: Annotated[bool, typer.Option("--swap", help="Agent and customer are the other way round.")] = False,
    as_json: Json = False,
    address: Address = None,
) -> None:
    """Say who is agent and who is customer in a call, and have it judged again.

    Nothing is lost: the transcript as heard stays, and swapping twice brings it and its scorecards back.
    `callqa transcript CALL` numbers the speakers.
    """
    if swap == bool(speaker):
        raise WrongInputError("say who is who with --speaker N=ROLE for each, or with --swap alone")
    with connect(address) as server:
        found = find_call(server.calls, call)
        require_result(found, found.transcript, what="transcript")
        heard = get_transcript(server.calls, found.transcript)
        roles = _swapped(_roles_of(heard)) if swap else _stated(_roles_of(heard), speaker or [])
        request = call_service_pb2.SetSpeakerRolesRequest(name=found.name, etag=found.etag, roles=roles)
        changed = server.calls.SetSpeakerRoles(request, timeout=CALL_TIMEOUT_S)
        transcript = get_transcript(server.calls, changed.transcript)
    if as_json:
        output.show_object(changed)
    else:
        output.show(speakers_table(transcript))
    if changed.transcript == found.transcript:
        output.note("these roles were set before; nothing changes")
    else:
        output.note("the call goes back to be judged with these roles; `callqa scorecard` shows when it is")


def rehear(
    calls: Annotated[
        list[str], typer.Argument(metavar="CALL...", help="External ids, ids or names of calls.")
    ],
    *,
    as_json: Json = False,
    address: Address = None,
) -> None:
    """Have calls heard again, as the profiles of their queues and the speech engine are now.

    What was heard in just that way before is not heard twice. Earlier transcripts and scorecards stay.
    """
    with connect(address) as server:
        found = [find_call(server.calls, call) for call in calls]
        sent = [
            server.calls.RehearCall(
                call_service_pb2.RehearCallRequest(name=call.name), timeout=CALL_TIMEOUT_S
            )
            for call in found
        ]
    if as_json:
        output.show_array(sent)
    verb = "goes" if len(sent) == 1 else "go"
    output.note(f"{counted(len(sent), 'call')} {verb} back to be heard; `callqa calls show` shows when it is")


def _roles_of(transcript: transcript_pb2.Transcript) -> list[transcript_pb2.SpeakerRole.ValueType]:
    # One from before speakers were told apart has one for each channel.
    return [one.role for one in transcript.speakers or transcript.channels]


def _swapped(
    roles: list[transcript_pb2.SpeakerRole.ValueType],
) -> list[transcript_pb2.SpeakerRole.ValueType]:
    if not any(role in _OTHER for role in roles):
        raise WrongInputError(
            "nobody's role is known, so there is nothing to swap; say who is who with --speaker N=ROLE"
        )
    return [_OTHER.get(role, role) for role in roles]


def _stated(
    roles: list[transcript_pb2.SpeakerRole.ValueType], stated: list[str]
) -> list[transcript_pb2.SpeakerRole.ValueType]:
    for pair in stated:
        index, equals, word = (part.strip() for part in pair.partition("="))
        if not equals or not index.isdecimal() or int(index) >= len(roles):
            numbers = ", ".join(str(number) for number in range(len(roles)))
            raise WrongInputError(f"--speaker {pair}: write N=ROLE, where N is one of {numbers}")
        try:
            roles[int(index)] = cells.role(word)
        except cells.CellError as error:
            raise WrongInputError(f"--speaker {pair}: {error}") from None
    return roles
