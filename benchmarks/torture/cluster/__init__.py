"""Kills and partitions of servers that share a store in a replicated PostgreSQL."""
