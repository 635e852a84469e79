"""What is made of the words of one speaker: figures for numbers, and turns."""
