"""Other systems' formats: what a credential shows, into them and back. Pure conversions."""
