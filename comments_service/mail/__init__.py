"""Letters out (and, in time, in): what they say, how they are addressed, how they are sent."""
