"""Figures from the rows: by period, by unit, channel, kind; the cases behind each; and carrying them away, which is recorded."""
