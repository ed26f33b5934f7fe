"""How semsearch's own encoder is made: its data, its training, and putting it in place.

`python -m training.data FOLDER` fetches free dictionaries and documentation and writes pairs of a
question and the definition that answers it, `python -m training.train` learns from them, and
`python -m training.install` puts the outcome where the package looks for it. Nothing of this is
part of the installed package, and no text of the sources is part of the project.
"""
