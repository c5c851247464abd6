"""The site over HTTP: pages, verification, evidence, health."""
