"""The store in PostgreSQL: connections, its tables, and the rights of the role of servers."""
