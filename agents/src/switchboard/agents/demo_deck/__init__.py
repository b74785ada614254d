"""The demo_deck agent: a story and its prototype become a demo deck and a feedback database."""
