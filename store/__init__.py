"""A deployment's own records: batches, credentials, transactions, audit."""
