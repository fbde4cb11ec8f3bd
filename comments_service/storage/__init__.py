"""Where people and words are kept. `interface.py` is the promise, `sqlite.py` keeps it."""
