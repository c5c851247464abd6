"""Measurements, with the peers and the floor beside ours in the same run: `make bench`."""
