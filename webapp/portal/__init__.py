"""The citizen's door: filing, following, rating, and how it all works. No accounts; every page works without a script."""
