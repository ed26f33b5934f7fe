"""Texts on which activations are measured for quantisation: many fields, many lengths.

They are the same for every corpus, so that an int8 copy depends on the model only.
"""

from __future__ import annotations

TEXTS = (
    "a short text",
    "and a second text that is a little longer than the first one",
    "GPU",
    "what is the word for fear of open spaces?",
    "how does a program give back memory it no longer uses",
    "Which bird sleeps while it flies?",
    "A bridge is a structure that carries a road or a railway across a river or a valley.",
    "The part of a plant that grows below the ground and takes up water.",
    "A set of rules by which two computers exchange messages over a network.",
    "An agreement between two parties to exchange a good at a fixed price on a later day.",
    "To heat milk for a short time, so that germs die and it keeps longer.",
    "The longest side of a triangle with a right angle.",
    "Inflammation of the lining of the stomach, often caused by a bacterium.",
    "A function that calls itself until a simple case is reached.",
    "the number that occurs most often in a list of numbers",
    "A tax on goods that are brought into a country.",
    "thing you hold over your head when it rains",
    "An attack in which many machines send requests until a service can no longer answer.",
    "Said of a language in which the type of a variable is known before the program runs.",
    "A piece of music for four string instruments: two violins, a viola and a cello.",
    "The layer of gas around a planet. It is held by gravity, keeps the ground warm at night and "
    "shields it from radiation. That of the earth is mostly nitrogen and oxygen; three quarters of "
    "its mass lie within eleven kilometres of the surface.",
    "A learning method in which a model is trained on one task and then adapted to another one "
    "with little data. The lower layers are often kept as they are, since what they have learned, "
    "such as edges in pictures or the grammar of a language, is useful for both.",
    "POST /v1/orders: creates an order; returns 201 and the id.",
    "El nombre de una cosa en otra lengua; ein Wort, das zwei Dinge bedeuten kann.",
)
