"""Words of any script, cut to what a page's fonts can print and a watch can show."""

import unicodedata

# What the fonts that typst brings along have letters for; there are no others on a server.
PRINTED = ("LATIN", "GREEK", "CYRILLIC", "HEBREW", "ARABIC")
LEFT_OUT = "…"
JOINERS = "\u200c\u200d"  # within a word they tell which shapes its letters take
SIGNS = ("So", "Sk")  # pictures, and the colours of their skin


def printable(words: str, otherwise: str, most: int | None = None) -> str:
    """The words on one line without signs that cannot be printed, with … for letters that cannot.

    At most so many characters of them: one sign may become eighteen letters. `otherwise` where no letter and no number
    is left.
    """
    kept: list[str] = []
    for letter in unicodedata.normalize("NFKC", words):
        kind = unicodedata.category(letter)
        if letter.isspace() or kind == "Cc":
            kept.append(" ")
        elif kind[0] in "LM" and not _has_glyph(letter):
            kept.append(LEFT_OUT)
        elif letter in JOINERS:
            kept += [letter] if kept and kept[-1].isalpha() else []
        elif letter.isascii() or (kind[0] != "C" and kind not in SIGNS):
            kept.append(letter)
    told = " ".join("".join(kept).split())
    while LEFT_OUT * 2 in told:
        told = told.replace(LEFT_OUT * 2, LEFT_OUT)
    told = told[:most].rstrip()
    return told if any(letter.isalnum() for letter in told) else otherwise


def within(words: str, most_bytes: int) -> str:
    """As much of the words, on one line and without control characters, as UTF-8 writes in so many bytes."""
    plain = "".join(" " if unicodedata.category(letter)[0] == "C" else letter for letter in words)
    return " ".join(plain.split()).encode("utf-8")[:most_bytes].decode("utf-8", "ignore").rstrip()


def _has_glyph(letter: str) -> bool:
    name = unicodedata.name(letter, "")
    return name.startswith(PRINTED) or name.startswith("COMBINING")
