"""Comments of Disqus, WordPress and Isso: read as they were exported, each on its way to a message
of an archive, which actions.archive takes in."""
