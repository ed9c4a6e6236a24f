"""`make bench`: what Duban costs, each figure compared with another one of the same run. Nothing here is a test."""
