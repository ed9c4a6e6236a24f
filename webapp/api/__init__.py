"""The JSON API, /api/v1: the same use cases as the pages, for programs. Bearer tokens for staff, number and query code for citizens."""
