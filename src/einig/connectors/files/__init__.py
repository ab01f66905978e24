"""Files that people bring: what is in them, whatever their name says, as one table of texts.

Nothing of a file is read inside the server: `unpack` runs as a process of its own, whose memory and
time are limited, and leaves a plain CSV file behind.
"""
