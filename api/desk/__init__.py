"""The registrar's workbench: who may do what in it, and what it does beside the web."""
