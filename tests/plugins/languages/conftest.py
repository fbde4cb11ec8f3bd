"""A theme in a temporary folder, and Pelican on it."""

from tests.plugins.opportunities.conftest import only_our_plugins

__all__ = ["only_our_plugins"]
