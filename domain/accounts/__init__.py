"""Who an athlete is."""
