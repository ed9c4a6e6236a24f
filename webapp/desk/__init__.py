"""The staff door: lists of tasks, the case page, forms and actions."""
