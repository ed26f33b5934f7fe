"""How the encoder that comes along was trained. Not part of the installed package."""
