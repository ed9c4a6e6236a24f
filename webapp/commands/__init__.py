"""One module for each group of commands; each has `register(commands)`. They import what they need when they run, so that `duban` starts fast."""
