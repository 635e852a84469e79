"""Takes shards of batches through transcription and scoring; the same on a laptop and in a Kubernetes Job.

An item's results are stored under keys of their own before the item says so. A worker may be killed at any
point: whoever comes next skips what is stored and does the rest.
"""
