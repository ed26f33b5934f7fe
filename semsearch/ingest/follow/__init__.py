"""Following: keeps a mirror of the index of another service in step with it.

The first run copies the index. After that the feed of changes is read again and again. Each page,
and the whole of a build up to a size, is applied in one transaction, under the revisions of the
followed store. So the revision of the mirror is its position, and a process that is killed loses
and doubles nothing.
"""
