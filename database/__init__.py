"""How the registry and the store talk to a database, SQLite or PostgreSQL; knows no table."""
