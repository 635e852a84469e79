"""Files that hold one side of a call, by their names: NAME_agent.wav and NAME_customer.wav are one call."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from callqa.v1 import transcript_pb2

from review_client.intake import CallSpec, LegSpec, Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from callqa.v1.transcript_pb2 import SpeakerRole

    _Sides = Mapping[SpeakerRole.ValueType, list[Path]]

# What recorders that write one file per side put behind the call's name.
_SIDE: Final = re.compile(r"(?P<name>.+)[-_. ](?P<side>agent|customer|caller)", re.IGNORECASE)
_ROLE_OF: Final[Mapping[str, SpeakerRole.ValueType]] = {
    "agent": transcript_pb2.AGENT,
    "customer": transcript_pb2.CUSTOMER,
    "caller": transcript_pb2.CUSTOMER,
}


def calls_of(files: Iterable[Path]) -> tuple[CallSpec, ...]:
    """Return one call per file, its stem as external id, in the files' order.

    One agent's and one customer's file of the same name in the same folder are the two legs of one call; a
    side without the other is a call in which only that side is heard. Three files of a name pair with nobody.
    """
    names = {file: _name_and_role(file) for file in files}
    sides: dict[tuple[Path, str], dict[SpeakerRole.ValueType, list[Path]]] = {}
    for file, (name, role) in names.items():
        if role is not None:
            sides.setdefault((file.parent, name), {}).setdefault(role, []).append(file)
    calls: dict[tuple[Path, ...], CallSpec] = {}
    for file, (name, role) in names.items():
        pair = _pair(sides.get((file.parent, name), {})) if role is not None else None
        external_id, legs = (name, pair) if pair else (file.stem, (file,))
        roles = {leg: names[leg][1] for leg in legs}
        calls.setdefault(
            legs,
            CallSpec(
                place=Place(file=str(file)),
                external_id=external_id,
                legs=tuple(
                    LegSpec(path=leg, channel_roles=() if role is None else (role,))
                    for leg, role in roles.items()
                ),
                labels={},
            ),
        )
    return tuple(calls.values())


def _name_and_role(file: Path) -> tuple[str, SpeakerRole.ValueType | None]:
    match = _SIDE.fullmatch(file.stem)
    if match is None:
        return file.stem, None
    return match["name"], _ROLE_OF[match["side"].lower()]


def _pair(sides: _Sides) -> tuple[Path, Path] | None:
    agents, customers = sides.get(transcript_pb2.AGENT, []), sides.get(transcript_pb2.CUSTOMER, [])
    return (agents[0], customers[0]) if len(agents) == len(customers) == 1 else None
