"""Measurements, each against a peer in the same run: machines are shared, and figures alone lie."""
