"""The ministry's grade rules as dated rule sets. Pure, integer tenths, half up."""
