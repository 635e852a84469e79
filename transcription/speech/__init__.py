"""The speech engine on faster-whisper: finds speech, hears it in windows, and takes out what nobody said."""
