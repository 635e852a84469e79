"""Words that tell how others stand in their sentence; all as spaCy normalises them, in lower case."""

from __future__ import annotations

from typing import Final

_NEGATIONS_TEXT: Final = "not never no cannot without nobody none nothing unable hardly neither nor"
_CONDITIONS_TEXT: Final = (
    "if unless whether suppose supposing assuming provided once until wish imagine pretend"
)
_UNREAL_TEXT: Final = "would could should might"
_ANSWERED_TEXT: Final = (
    "sorry okay yes but please actually really well so let thank thanks sir madam no not of just"
)
# What leads into somebody's clause without ending the one before: "I don't think we", "no way we".
_LEADING_TEXT: Final = (
    "think believe say saying said suppose expect know mean feel sure way chance circumstances that "
    "claim claiming case certain promise and or where when which what how why wish imagine tell told "
    "you if whether"
)
_PRONOUNS_TEXT: Final = "i you we he she they it"
_BREAKS_TEXT: Final = "but however although though because so then ; : . ? !"
_HESITATIONS_TEXT: Final = "um uh er erm uhm hmm well like"
# What may stand before the first word of a question: "okay so can you".
_OPENERS_TEXT: Final = "and okay ok right well yes no sorry now just great um uh ,"
# Finite forms; "to say" and "tell me" report nothing.
_REPORTS_TEXT: Final = (
    "say says said tell tells told promised promises mention mentions mentioned claim claims claimed "
    "stated states advised advises reckons insisted"
)
_SKIPPED_TEXT: Final = "just already also have had has actually even always did"
_PASSIVE_TEXT: Final = "was were been being got am are"
# Whoever speaks here reports nobody, and these are no subjects at all.
_NO_REPORTERS_TEXT: Final = (
    "i we to me us please not and or will can could would should must may might let do does so okay "
    "but , . ' is be as um uh then"
)
_REQUESTS_TEXT: Final = "can could will would may did do if should"
# What is not said without a source: "apparently we guarantee it".
_HEARSAY_TEXT: Final = "apparently supposedly allegedly"
_MODALS_TEXT: Final = "can could will would may shall should did"
_PLURAL_TEXT: Final = "do have are were"
_SINGULAR_TEXT: Final = "does has is was"
_THIRD_TEXT: Final = "he she it that this there your my the somebody someone anybody anyone"
_ASKERS_TEXT: Final = "what why how who where when which"

NEGATIONS: Final = frozenset(_NEGATIONS_TEXT.split())
CONDITIONS: Final = frozenset(_CONDITIONS_TEXT.split())
UNREAL: Final = frozenset(_UNREAL_TEXT.split())
ANSWERED: Final = frozenset(_ANSWERED_TEXT.split())
LEADING: Final = frozenset(_LEADING_TEXT.split())
PRONOUNS: Final = frozenset(_PRONOUNS_TEXT.split())
BREAKS: Final = frozenset(_BREAKS_TEXT.split())
HESITATIONS: Final = frozenset(_HESITATIONS_TEXT.split())
OPENERS: Final = frozenset(_OPENERS_TEXT.split())
REPORTS: Final = frozenset(_REPORTS_TEXT.split())
SKIPPED: Final = frozenset(_SKIPPED_TEXT.split())
PASSIVE: Final = frozenset(_PASSIVE_TEXT.split())
NO_REPORTERS: Final = frozenset(_NO_REPORTERS_TEXT.split())
REQUESTS: Final = frozenset(_REQUESTS_TEXT.split())
HEARSAY: Final = frozenset(_HEARSAY_TEXT.split())
MODALS: Final = frozenset(_MODALS_TEXT.split())
PLURAL: Final = frozenset(_PLURAL_TEXT.split())
SINGULAR: Final = frozenset(_SINGULAR_TEXT.split())
THIRD: Final = frozenset(_THIRD_TEXT.split())
ASKERS: Final = frozenset(_ASKERS_TEXT.split())
