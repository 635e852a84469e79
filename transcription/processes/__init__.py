"""The processes that hear, one call each, and how the server drives them."""
