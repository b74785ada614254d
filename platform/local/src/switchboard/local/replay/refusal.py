"""Why a flow cannot be replayed."""


class ReplayRefusedError(RuntimeError):
    """Nothing was compared; says why and what to do about it."""

    def __init__(self, message: str, remedy: str) -> None:
        """Both parts are shown to the person."""
        super().__init__(message)
        self.remedy = remedy
