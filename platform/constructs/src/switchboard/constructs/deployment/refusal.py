"""Why a deployment does not begin."""


class Refusal(Exception):  # noqa: N818 - an answer, no fault of the program
    """One clear message and what to do; nothing was changed."""

    def __init__(self, problem: str, remedy: str) -> None:
        """Both are shown to the person."""
        super().__init__(problem)
        self.remedy = remedy
