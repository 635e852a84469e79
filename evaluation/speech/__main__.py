"""Entry point of `python -m evaluation.speech`."""

if __name__ == "__main__":
    # The processes that listen import this module too and shall not carry the measuring in their memory.
    from evaluation.speech.command import app

    app()
