"""The `callqa` command: sends recordings to a callqa server and shows what it found.

Imports the wire contract and what it draws with, nothing of the services.
"""
