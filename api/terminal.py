"""What may be written to a terminal: what comes from a document or a file must not steer it."""


def printable(text: str) -> str:
    """A text with every control, formatting or invisible character replaced.

    An escape sequence in a forged name could otherwise overwrite the verdict above it, and a
    change of writing direction could turn a number around.
    """
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
