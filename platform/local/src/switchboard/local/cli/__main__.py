"""`python -m switchboard.local.cli`."""

from switchboard.local.cli.main import main

main()
