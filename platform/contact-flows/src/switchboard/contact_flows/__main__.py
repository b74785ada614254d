"""`python -m switchboard.contact_flows FILE...`: lint flows (`hatch run voice:lint-flow FILE`)."""

from switchboard.contact_flows.cli import main

if __name__ == "__main__":
    main()
