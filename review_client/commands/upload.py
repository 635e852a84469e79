"""`callqa upload`: recordings in, results out."""

from pathlib import Path
from typing import Annotated

import typer
from callqa.v1 import batch_pb2

from review_client import output
from review_client.collecting import batch_results, explained_scorecard
from review_client.commands.batches import follow, print_results
from review_client.commands.scorecards import print_scorecard
from review_client.connection import Server, connect
from review_client.errors import ExitCode, StoppedError, WrongInputError
from review_client.folders import left_out_remark, read_paths
from review_client.intake import Intake, Place, Problem, file_problem
from review_client.manifest import read_manifest
from review_client.options import Address, Json
from review_client.progress import StageProgress, ended_calls
from review_client.results import exit_code_of
from review_client.submitting import create_batch, deliver, files_of, rubric_name
from review_client.words import counted

# One line per paragraph: the help text is folded to the terminal's width.
EPILOG = (
    "Example: callqa upload samples --manifest samples/manifest.csv --watch --explain"
    "\n\n"
    "Without a manifest a file is a call of two channels, the agent's first, and its name is the call's id; "
    "NAME_agent.wav and NAME_customer.wav (or NAME_caller.wav, or with a hyphen) are the two sides of "
    "call NAME."
    "\n\n"
    "Manifest columns: recording, or agent_recording and customer_recording (paths relative to the "
    "manifest); external_id, agent, queue, started_at (RFC 3339), language (as en; und: detected), "
    "channel_roles (as agent;customer, in channel order), labels (as key=value;key=value)."
    "\n\n"
    "Exit codes: 0 all calls are scored (without --watch: sent); 1 some calls are quarantined or left out, "
    "the others are done; 2 wrong usage or input, nothing was sent; 3 no server answers; "
    "4 the server failed; 130 Ctrl-C, the batch goes on."
    "\n\n"
    'JSON: {"batch": {...} or null, "results": [...], "problems": [...], "explained": {...} or null}.'
)


def upload(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="PATH", help="Audio files, or folders to search for them.", show_default=False
        ),
    ] = None,
    *,
    manifest: Annotated[
        Path | None,
        typer.Option("--manifest", metavar="FILE.csv", help="Upload the rows of this file and nothing else."),
    ] = None,
    rubric: Annotated[
        str | None,
        typer.Option("--rubric", metavar="NAME", help="Score with this rubric instead of the built-in one."),
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Wait and print one line per call.")] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Wait, and print the most telling scorecard in full as well.")
    ] = False,
    as_json: Json = False,
    address: Address = None,
) -> None:
    """Upload recordings and have them transcribed and scored. What is there already is not done again."""
    intake = _read(paths or [], manifest)
    for problem in intake.problems:
        output.complain(str(problem))
    for remark in intake.remarks:
        output.note(remark)
    if not intake.calls:
        raise WrongInputError("there is nothing to upload; correct what is named above")
    with connect(address) as server:
        batch, problems = _send(server, intake, rubric, wait=watch or explain)
        done = batch is not None and batch.state == batch_pb2.Batch.COMPLETE
        results = batch_results(server, batch) if batch is not None and done else []
        card = explained_scorecard(server, results) if explain else None
        if as_json:
            output.show_object(
                {
                    "batch": output.as_json(batch) if batch is not None else None,
                    "results": [result.as_json() for result in results],
                    "problems": [problem.as_json() for problem in problems],
                    "explained": output.as_json(card) if card is not None else None,
                }
            )
        elif batch is not None and done:
            print_results(results)
            if card is not None:
                output.show("", "The most telling scorecard", "")
                print_scorecard(server, card)
        elif batch is not None:
            print(batch.name)  # for people and for $(callqa upload ...) alike
            sent = counted(len(batch.items), "call")
            output.note(f"{sent} sent; watch with: callqa batches watch {batch.name}")
    if batch is None:
        raise typer.Exit(ExitCode.WRONG_INPUT)
    raise typer.Exit(exit_code_of(results, problem_count=len(problems)))


def _read(paths: list[Path], manifest: Path | None) -> Intake:
    if manifest is not None:
        intake = read_manifest(manifest)
        gone = [path for path in paths if not path.exists()]
        remark = left_out_remark([path for path in paths if path not in gone], intake)
        return Intake(
            calls=intake.calls,
            problems=(
                *intake.problems,
                *(Problem(place=Place(file=str(path)), message=file_problem(path) or "") for path in gone),
            ),
            remarks=(remark,) if remark else (),
        )
    if not paths:
        raise WrongInputError("name the recordings to upload: PATH... or --manifest FILE.csv (see --help)")
    return read_paths(paths)


def _send(
    server: Server, intake: Intake, rubric: str | None, *, wait: bool
) -> tuple[batch_pb2.Batch | None, list[Problem]]:
    """Upload the files, make the batch and wait for it when asked to; say every problem met on the way."""
    problems = list(intake.problems)
    chosen = rubric_name(server, rubric)
    with StageProgress(output.stderr()) as progress:
        try:
            progress.upload_begins({path: path.stat().st_size for path in files_of(intake.calls)})
            delivered = deliver(server, intake.calls, on_sent=progress.sent)
            progress.upload_ended()
            batch, refused = create_batch(server, delivered, rubric=chosen)
        except KeyboardInterrupt:
            raise StoppedError(
                "stopped before the batch was made; the same command goes on where it ended"
            ) from None
        late = [*delivered.problems, *refused]
        for problem in late:
            output.complain(str(problem))
        problems += late
        if batch is None:
            return None, problems
        already = ended_calls(batch)
        if already and batch.state == batch_pb2.Batch.COMPLETE:
            verb = "is" if already == 1 else "are"
            output.note(f"{counted(already, 'call')} {verb} already there: nothing to do")
        elif already:
            output.note(f"{already} of {counted(len(batch.items), 'call')} are already there")
        if wait:
            batch = follow(server, batch, progress)
    return batch, problems
