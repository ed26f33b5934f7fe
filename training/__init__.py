"""What semsearch's own encoder is trained on: pairs of a question and the definition that answers it.

`python -m training.data FOLDER` fetches free dictionaries and documentation and writes the pairs. Nothing
of this is needed by a running service, and no text of the sources is part of the project.
"""
