"""What can be wrong with a call's audio, each with the sentence that says what to do.

InvalidInputError (INVALID_ARGUMENT; sending the same audio again can't help)
├── AudioEmptyError           AUDIO_EMPTY
├── AudioUnreadableError      AUDIO_UNREADABLE
├── AudioNoAudioStreamError   AUDIO_NO_AUDIO_STREAM
├── AudioIsVideoError         AUDIO_IS_VIDEO
├── AudioTruncatedError       AUDIO_TRUNCATED
├── AudioSampleRateError      AUDIO_SAMPLE_RATE
├── AudioChannelsError        AUDIO_CHANNELS
├── AudioNoSpeechError        AUDIO_NO_SPEECH
└── LanguageError             LANGUAGE_UNSUPPORTED
LimitExceededError (RESOURCE_EXHAUSTED)
├── AudioTooLongError         AUDIO_TOO_LONG
├── AudioTooLargeError        AUDIO_TOO_LARGE
└── BusyError                 BUSY; the same call may succeed in a moment
UnavailableError (UNAVAILABLE)
└── EngineCrashedError        ENGINE_CRASHED; the same call may succeed, or crash it again

No message holds a path: recordings reach this service as bytes, and its own temporary files are its own
affair.
"""

from __future__ import annotations

from servicekit.errors import InvalidInputError, LimitExceededError, UnavailableError


class AudioEmptyError(InvalidInputError):
    """A leg has no bytes or no samples."""

    reason = "AUDIO_EMPTY"


class AudioUnreadableError(InvalidInputError):
    """A leg's bytes are no audio file that can be read here."""

    reason = "AUDIO_UNREADABLE"


class AudioNoAudioStreamError(InvalidInputError):
    """A leg is a media file without sound."""

    reason = "AUDIO_NO_AUDIO_STREAM"


class AudioIsVideoError(InvalidInputError):
    """A leg is a video; people's faces are more than a review of what was said may take in."""

    reason = "AUDIO_IS_VIDEO"


class AudioTruncatedError(InvalidInputError):
    """A leg holds clearly less sound than its own header declares."""

    reason = "AUDIO_TRUNCATED"


class AudioSampleRateError(InvalidInputError):
    """A leg is sampled too rarely for speech to be recognised."""

    reason = "AUDIO_SAMPLE_RATE"


class AudioChannelsError(InvalidInputError):
    """A leg's channels don't fit the roles given, or nobody can tell who speaks on them."""

    reason = "AUDIO_CHANNELS"


class AudioNoSpeechError(InvalidInputError):
    """Nobody says a word in the whole call."""

    reason = "AUDIO_NO_SPEECH"


class LanguageError(InvalidInputError):
    """The loaded weights don't know the language."""

    reason = "LANGUAGE_UNSUPPORTED"


class AudioTooLongError(LimitExceededError):
    """A leg lasts longer than this server takes."""

    reason = "AUDIO_TOO_LONG"


class AudioTooLargeError(LimitExceededError):
    """A call's files have more bytes than this server takes."""

    reason = "AUDIO_TOO_LARGE"


class BusyError(LimitExceededError):
    """As many calls as this server hears at once are being heard."""

    reason = "BUSY"


class EngineCrashedError(UnavailableError):
    """The process that heard the call died: a fault in a library, or the memory's end."""

    reason = "ENGINE_CRASHED"
