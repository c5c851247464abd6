"""HTTP, pages, command line, settings. `wiring` alone puts everything together."""
