"""Where people talk while they work: rooms of incidents, departments, posts and of their own making; messages, orders, receipts.

Public face: `services`, `selectors`, `facts`, `permissions`. A message is numbered in its room without gaps; commands are HTTP, the socket tells.
"""
