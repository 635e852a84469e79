"""Make the sample calls from dialogues.yaml: recordings, manifest, facts and reference transcripts.

    python samples/make_samples.py              # all of it
    python samples/make_samples.py exemplary    # these recordings only, to listen to a change

Needs the Debian packages espeak-ng, ffmpeg and npm, and the Python packages numpy, onnxruntime and PyYAML
(the `transcription` and `dev` extras have them). The voices, about 110 MB, are fetched once into build/.
"""

from __future__ import annotations

import csv
import json
import sys
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import yaml

FOLDER = Path(__file__).resolve().parent
# Started as a file, Python sees the modules beside it only; here names begin at the root of the repository.
sys.path.insert(0, str(FOLDER.parent))

from samples.dialogue import ROLES, TAIL_S, load_calls, spoken_turns  # noqa: E402
from samples.telephone import (  # noqa: E402
    CODEC_ARGUMENTS,
    LINE_HZ,
    amplitude,
    line_noise,
    to_line,
    write_recording,
)
from samples.voices import SYNTHESIS_HZ, Speaker  # noqa: E402

if TYPE_CHECKING:
    from samples.dialogue import Call, Samples, SpokenTurn

RECORDINGS = FOLDER / "recordings"
BUILD = FOLDER.parent / "build" / "samples"

# People on the telephone speak a little faster than the voices read.
SPEED = 1.05
NOISE_DBFS = {"agent": -58.0, "customer": -52.0}
MANIFEST_COLUMNS = [
    "recording",
    "agent_recording",
    "customer_recording",
    "external_id",
    "agent",
    "queue",
    "started_at",
    "language",
    "channel_roles",
    "labels",
]


def main() -> None:
    """Make every sample, or those named on the command line."""
    wanted = sys.argv[1:]
    calls = load_calls()
    speaker = Speaker(BUILD)
    RECORDINGS.mkdir(exist_ok=True)
    facts: dict[str, Any] = {}
    transcripts = []
    for call in calls:
        if wanted and call.external_id not in wanted:
            continue
        turns = _spoken(call, speaker)
        duration_s = _record(call, turns)
        facts[call.external_id] = _facts(call, turns, duration_s)
        transcripts.append(_transcript(call, turns))
        sys.stdout.write(f"{call.external_id}: {duration_s:.1f} s\n")
    if wanted:
        return
    _write_manifest(calls)
    header = (
        "# Written by make_samples.py from dialogues.yaml; times count from the start of the recording.\n"
    )
    body = yaml.safe_dump(facts, sort_keys=False, allow_unicode=True, width=110)
    (FOLDER / "facts.yaml").write_text(header + body, encoding="utf-8")
    lines = "".join(json.dumps(transcript, ensure_ascii=False) + "\n" for transcript in transcripts)
    (FOLDER / "transcripts.jsonl").write_text(lines, encoding="utf-8")


def _spoken(call: Call, speaker: Speaker) -> list[SpokenTurn]:
    voices: dict[str, str] = call.form["voices"]

    def say(text: str, role: str) -> Samples:
        return to_line(speaker.say(text, voice=voices[role], speed=SPEED), rate_hz=SYNTHESIS_HZ)

    return spoken_turns(call, say, rate_hz=LINE_HZ)


def _record(call: Call, turns: list[SpokenTurn]) -> float:
    """Write the recording of `call` and return its duration in seconds."""
    length = int((max(turn.end_s for turn in turns) + TAIL_S) * LINE_HZ)
    sides = {role: _side(call, turns, role, length) for role in ROLES}
    codec = call.form["format"]
    if call.form["channels"]:
        (path,) = _recording_paths(call).values()
        return write_recording(path, [sides[role] for role in call.form["channels"]], codec=codec)
    return max(
        write_recording(path, [sides[role]], codec=codec) for role, path in _recording_paths(call).items()
    )


def _side(call: Call, turns: list[SpokenTurn], role: str, length: int) -> Samples:
    """Return `length` samples of what the recorder hears from `role`."""
    speech: Samples = np.zeros(length)
    for turn in turns:
        for sentence in turn.sentences if turn.turn.role == role else []:
            first = round(sentence.start_s * LINE_HZ)
            speech[first : first + len(sentence.line)] += sentence.line
    peak = amplitude(call.form["levels_dbfs"][role])
    seed = call.seed + ROLES.index(role)
    noise = line_noise(length, level_dbfs=NOISE_DBFS[role], seed=seed)
    return speech * (peak / float(np.abs(speech).max())) + noise


def _recording_paths(call: Call) -> dict[str, Path]:
    """Return the files of `call` by what they hold: `both` sides, or one side each."""
    suffix, _ = CODEC_ARGUMENTS[call.form["format"]]
    if call.form["channels"]:
        return {"both": RECORDINGS / f"{call.external_id}{suffix}"}
    return {role: RECORDINGS / f"{call.external_id}-{role}{suffix}" for role in ROLES}


def _facts(call: Call, turns: list[SpokenTurn], duration_s: float) -> dict[str, Any]:
    quotes: list[dict[str, Any]] = []
    triggers: list[dict[str, Any]] = []
    for spoken in turns:
        for mark, quote in spoken.turn.marks.items():
            start_s, end_s = spoken.quote_span_s(quote)
            where = {
                "role": spoken.turn.role,
                "start_s": round(start_s, 2),
                "end_s": round(end_s, 2),
                "text": quote,
            }
            if mark.startswith("trigger."):
                triggers.append({"kind": mark.removeprefix("trigger."), **where})
            else:
                quotes.append({"criterion": mark, **where})
    return {
        "summary": call.form["summary"],
        "duration_s": round(duration_s, 2),
        "outcome": call.form["outcome"],
        "answers": call.form["answers"],
        "triggers": triggers,
        "quotes": quotes,
        "holds": [
            {
                "start_s": round(before.end_s, 2),
                "end_s": round(after.start_s, 2),
                "announced": after.turn.announced,
            }
            for before, after in pairwise(turns)
            if after.turn.hold_s
        ],
    }


def _transcript(call: Call, turns: list[SpokenTurn]) -> dict[str, Any]:
    return {
        "external_id": call.external_id,
        "turns": [
            {
                "role": spoken.turn.role,
                "start_s": round(spoken.start_s, 2),
                "end_s": round(spoken.end_s, 2),
                "text": spoken.turn.text,
            }
            for spoken in turns
        ],
    }


def _write_manifest(calls: list[Call]) -> None:
    with (FOLDER / "manifest.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.DictWriter(file, MANIFEST_COLUMNS, lineterminator="\n", restval="")
        rows.writeheader()
        for call in calls:
            paths = {role: str(path.relative_to(FOLDER)) for role, path in _recording_paths(call).items()}
            rows.writerow(
                {
                    "recording": paths.get("both", ""),
                    "agent_recording": paths.get("agent", ""),
                    "customer_recording": paths.get("customer", ""),
                    "external_id": call.external_id,
                    "agent": call.form["agent"],
                    "queue": call.form["queue"],
                    "started_at": call.form["started_at"],
                    "language": "en",
                    "channel_roles": ";".join(call.form["channels"]),
                    "labels": ";".join(f"{key}={value}" for key, value in call.form["labels"].items()),
                }
            )


if __name__ == "__main__":
    main()
