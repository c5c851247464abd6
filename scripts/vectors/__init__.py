"""The cases of the frozen vectors, by format; `scripts/make_vectors.py` writes them."""
