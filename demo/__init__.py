"""A story to look at: two opportunities, the people in them, and what they said."""
