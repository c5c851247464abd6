"""The store's tables as one schema, for opening and migrating its database."""

from pathlib import Path

import store.account_tables
import store.actor_tables
import store.blank_tables
import store.listing_tables
import store.notice_tables
import store.order_tables
import store.record_tables
import store.report_tables
import store.share_tables
import store.staff_tables
import store.transfer_tables
import store.upload_tables
import store.withdrawal_tables  # noqa: F401 — their tables join the same metadata
from database.schema import Schema
from store.tables import METADATA

STORE = Schema("store", METADATA, Path(__file__).parent / "migrations" / "versions")
