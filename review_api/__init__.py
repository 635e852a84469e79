"""Owns MongoDB: takes in recordings, keeps calls, transcripts, rubrics and scorecards, runs batches."""
