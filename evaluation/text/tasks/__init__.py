"""One module per task: a file's dialogues to pairs of label and prediction, and those to figures."""
