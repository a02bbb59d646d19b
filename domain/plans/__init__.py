"""Training plans and their workouts."""
