"""Pages, static files and messages in Vietnamese and English."""
