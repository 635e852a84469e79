"""Options that several commands share, so that they read and behave alike."""

from typing import Annotated

import typer

from review_client.home import ADDRESS_VARIABLE

Address = Annotated[
    str | None,
    typer.Option(
        "--address",
        envvar=ADDRESS_VARIABLE,
        metavar="HOST:PORT",
        help="The callqa server. Without it: the one that `callqa up` started.",
    ),
]
Json = Annotated[
    bool,
    typer.Option("--json", help="Print JSON alone: an array for lists, an object for one thing."),
]
Limit = Annotated[
    int,
    typer.Option("--limit", min=0, metavar="N", help="At most this many; 0 for all."),
]
Agent = Annotated[str, typer.Option("--agent", metavar="NAME", help="Only calls that this agent took.")]
Queue = Annotated[str, typer.Option("--queue", metavar="NAME", help="Only calls of this queue.")]
CallName = Annotated[
    str,
    typer.Argument(metavar="CALL", help="The external id, the call's id, or its name as calls/…"),
]
