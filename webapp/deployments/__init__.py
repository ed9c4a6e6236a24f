"""Bundles of a procedure's files: flattened, checked, deployed, and found again compiled."""
