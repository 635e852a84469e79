"""From the bytes of a call to its channels: decoded, on one clock, and what each of them is."""
