"""The questions that rubrics ask, one detector each."""
