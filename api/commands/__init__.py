"""The commands of `sogoc`, one module for each subject; `api.cli` knows which is where.

They say what a person can ask for and in which words; what is done is decided by the parts.
"""
