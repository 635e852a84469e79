"""Speed and errors measured beside what a user would pick instead: `make benchmark`."""
