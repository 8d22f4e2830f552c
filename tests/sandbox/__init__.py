"""The local Kanbert."""
