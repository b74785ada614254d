"""Ticket numbers in speech: a grammar of digits, and the check digit that tells right from wrong.

A language model of English hears "one zero four two" as "glance era"; a grammar that knows
nothing but digits does not (JSpeech Grammar Format, W3C note of 2000).
"""

from collections.abc import Iterable

from switchboard.local.playbooks.desk.numbers import DIGITS, heard_number

NAME = "ticket"
GRAMMAR = f"""#JSGF V1.0;
grammar {NAME};
<digit> = zero | oh | one | two | three | four | five | six | seven | eight | nine;
<before> = [it is | it's] [my | the] [ticket] [number] [is] [i n c];
public <{NAME}> = <before> {"<digit> " * DIGITS};
"""


def fitting(heard: Iterable[str]) -> str | None:
    """The best guess whose check digit fits; None when there is none among the best."""
    for words in heard:
        number = heard_number(words, asked=True)
        if number is not None and number.fits:
            return words
    return None
