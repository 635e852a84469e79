"""How answers look on a terminal and in a pipe. Pure: messages in, rich renderables out."""
