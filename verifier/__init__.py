"""From anything that was scanned to a verdict. Holds no key."""
