"""Words beside names, words that are none, and names that are also words; all in lower case."""

from __future__ import annotations

from typing import Final

_TITLES_TEXT: Final = "mr mrs ms miss mister missus dr doctor sir madam ma'am"
# What may stand before a name that was asked for.
_OPENERS_TEXT: Final = (
    "yes yeah yep sure of course it's it is my name names hi hello okay ok um uh er this i'm i am so well "
    "certainly right that's that the first last full surname oh name's"
)
# Words that stand where a name might, in capitals because they begin a sentence or name a day.
_NO_NAMES_TEXT: Final = (
    "monday tuesday wednesday thursday friday saturday sunday january february march april june july "
    "august september october november december english british american i i'm i'd i've i'll ok okay "
    "sorry spelled spelt mine what and from calling with speaking here my the of at on in for but it's "
    "yes no that this is please thanks thank you so a an to about because just not can could how who why "
    "when where wrong as or right correct we he she they it there then good fine great all by"
)
_PARTICLES_TEXT: Final = "van von de der den di da del la le al el bin ibn"
# Names that are also words: without capitals nobody can tell them apart.
_ALSO_WORDS_TEXT: Final = (
    "will mark may grace hope joy bill rose art rich frank pat sue drew dawn faith chase grant jack rob "
    "max guy miles sky summer ray young long white brown black green king price bell page case field "
    "little day"
)

TITLES: Final = frozenset(_TITLES_TEXT.split())
OPENERS: Final = frozenset(_OPENERS_TEXT.split())
NO_NAMES: Final = frozenset(_NO_NAMES_TEXT.split())
PARTICLES: Final = frozenset(_PARTICLES_TEXT.split())
ALSO_WORDS: Final = frozenset(_ALSO_WORDS_TEXT.split())
