"""What was heard of a rule in a part of a call, and what not having heard it proves."""
