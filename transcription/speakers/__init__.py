"""Who says the words: voices told apart on one channel, and who is agent and who customer."""
