"""Hands to the world outside. Nothing here knows anything of webapp: plain values in, plain errors out."""
