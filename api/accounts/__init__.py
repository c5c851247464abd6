"""Accounts: how people claim what is theirs, sign in, consent, and bind a key."""
