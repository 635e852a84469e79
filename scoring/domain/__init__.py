"""The values that scoring reasons about; they know neither protobuf nor spaCy."""
