"""The commands, one module per noun. They read options and print; what they print is made elsewhere."""
