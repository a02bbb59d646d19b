"""Whose tokens are believed, and on which keys."""
