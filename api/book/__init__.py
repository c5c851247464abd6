"""The register as people read it: with notes beside its lines, printed, as a table for others."""
