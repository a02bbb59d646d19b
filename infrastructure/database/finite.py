"""A column of numbers that are numbers: PostgreSQL refuses to store NaN or an infinity in it."""

from piccolo.columns import DoublePrecision


class Finite(DoublePrecision):
    """Of the domain `finite`, which the migrations make."""

    @property
    def column_type(self) -> str:
        """The type's name in PostgreSQL."""
        return "FINITE"
