"""How much may wait for a client that reads slowly: so many answers, and so many bytes of them."""

FILLING_BYTES = 1_000_000  # from here on whoever can hold back does
MOST_BYTES = 4_000_000


def is_filling(count: int, size: int, most: int) -> bool:
    """Whether half of what may wait does."""
    return count > 0 and (2 * count >= most or size >= FILLING_BYTES)


def is_full(count: int, size: int, most: int) -> bool:
    """Whether so much waits that nothing may follow. What comes while nothing waits is taken, however large."""
    return count >= most or size >= MOST_BYTES
