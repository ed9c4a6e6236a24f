"""Scenarios: a procedure's own tests, run against the real engine, forms, tables, permissions and calendars on a simulated clock."""
