"""What happens now, on every open screen: the one websocket, the hub of each web process, and the telemetry lane.

Public face: `services.publish_positions`; the page side is `static/live/socket.js`.
"""
