"""The site over HTTP: pages, and a module for each matter that it answers (`app.py` lists them)."""
