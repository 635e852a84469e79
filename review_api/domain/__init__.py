"""Values and state machines of calls, batches, rubrics and scorecards. Knows no wire and no database."""
