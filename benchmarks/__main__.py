"""Entry point of `python -m benchmarks`."""

if __name__ == "__main__":
    # The processes that are measured import this module too and shall not carry the rest in their memory.
    from benchmarks.command import app

    app()
