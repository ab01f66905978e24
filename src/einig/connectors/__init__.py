"""Every sender that Einig understands: one folder each, and nothing of it anywhere else.

A folder holds what is particular to a sender: how it proves who it is, what its deliveries say,
and which settings that takes; `samples/` holds deliveries as the sender writes them. Nothing here
knows of the store: a delivery goes in, and what it says of somebody comes out.
"""
