"""Reads what watches and phones write: FIT, GPX and TCX, bare or packed."""
