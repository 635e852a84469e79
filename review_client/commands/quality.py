"""`callqa quality`: how well a call could be heard."""

from review_client import output
from review_client.connection import connect
from review_client.lookup import find_call, get_transcript, require_result
from review_client.options import Address, CallName, Json
from review_client.render.quality import quality_text


def quality(call: CallName, *, as_json: Json = False, address: Address = None) -> None:
    """Show how well a call could be heard: warnings, each channel, and words that were taken out again.

    CH: the channel. LEVEL: of loud speech, in dB of full scale. CLIPPED: share of the speech cut off there.
    LOUD: time as loud as speech. SPEECH: time in which speech was found. TWICE: time listened to again. LOW:
    words below the confidence that evidence needs. LENGTH: what was decoded, of what the file declares.
    """
    with connect(address) as server:
        found = find_call(server.calls, call)
        require_result(found, found.transcript, what="transcript")
        transcript = get_transcript(server.calls, found.transcript)
    if not transcript.HasField("quality"):
        output.note(
            "this call was heard before callqa reported on quality; `callqa calls rehear` has it heard again"
        )
    if as_json:
        whole = output.as_json(transcript)
        output.show_object(
            {
                "call": found.name,
                "transcript": transcript.name,
                **{key: whole.get(key) for key in ("quality", "channels", "speakers")},
            }
        )
    else:
        output.show(quality_text(transcript, found))
