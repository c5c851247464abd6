"""The registry's tables as one schema, for opening and migrating its database."""

from pathlib import Path

import registry.act_tables
import registry.old_tables  # noqa: F401 — their tables join the same metadata
from database.schema import Schema
from registry.tables import METADATA

REGISTRY = Schema("registry", METADATA, Path(__file__).parent / "migrations" / "versions")
