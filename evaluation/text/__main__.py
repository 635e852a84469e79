"""Entry point of `python -m evaluation.text`."""

from evaluation.text.command import app

if __name__ == "__main__":
    app()
