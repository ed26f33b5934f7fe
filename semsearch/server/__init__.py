"""The HTTP interface: `app.create_app` for any ASGI server, `app.serve` for our own."""
