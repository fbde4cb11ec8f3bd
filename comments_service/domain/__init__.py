"""The words of Emergence as plain data and pure functions; no I/O, no framework, no clock."""
