"""Protobuf messages to domain values and back. Floats are rounded, so that equal values are equal bytes."""
