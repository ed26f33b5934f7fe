"""Commands for those who work on semsearch; nothing here is part of the package."""
