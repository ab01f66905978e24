"""Lets `python -m einig.cli` run the command line."""

from einig.cli import main

if __name__ == "__main__":
    main()
