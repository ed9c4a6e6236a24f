"""What the doors share: assets, words for dates and spans, views of forms and deadlines. The last floor that knows Flask."""
