"""What is measured, beside the peers, in one run; see README.md in this folder."""
