"""The calculators: what people type, the rules of `grading`, and results that explain themselves.

Nothing is kept of what is asked.
"""
