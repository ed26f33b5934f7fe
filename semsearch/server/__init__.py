"""The HTTP interface: `app.create_app` for any ASGI server, `serve.serve` for our own."""
