"""Entry point of `python -m evaluation.annotated`."""

from evaluation.annotated.command import app

if __name__ == "__main__":
    app()
