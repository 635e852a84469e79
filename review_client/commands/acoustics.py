"""`callqa acoustics`."""

from callqa.v1 import call_service_pb2

from review_client import output
from review_client.connection import CALL_TIMEOUT_S, connect
from review_client.errors import WrongInputError
from review_client.lookup import find_call, require_result
from review_client.options import Address, CallName, Json
from review_client.render.acoustics import acoustics_view


def acoustics(call: CallName, *, as_json: Json = False, address: Address = None) -> None:
    """Show who talked, waited, held and interrupted in a call, drawn along its time."""
    with connect(address) as server:
        found = find_call(server.calls, call)
        require_result(found, found.transcript, what="transcript")
        request = call_service_pb2.GetTranscriptRequest(name=found.transcript)
        transcript = server.calls.GetTranscript(request, timeout=CALL_TIMEOUT_S)
    if not transcript.HasField("acoustics"):
        raise WrongInputError(
            f"the call {found.external_id or found.name} was heard by a version that measured no acoustics;"
            " have it heard again"
        )
    if as_json:
        output.show_object(transcript.acoustics)
    else:
        output.show_prose(acoustics_view(transcript, found))
