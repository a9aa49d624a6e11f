"""The named errors: every way in which the library refuses its input.

All are `ValueError`, and each message says what came, what was allowed, and what to do.
"""


class FrontlinesError(ValueError):
    """Base of all errors that a user can mend; the command line prints it in one line and exits with 2."""


class UnknownCodeError(FrontlinesError):
    """A code (event type, actor, place, side ...) is not in the codebook."""


class SchemaError(FrontlinesError):
    """A table lacks columns, or holds values that its schema does not allow; the message lists all faults."""


class DispatchError(FrontlinesError):
    """A dispatch is empty, binary, not UTF-8, in an unsupported language, or lacks a needed day."""


class MissingDataError(FrontlinesError):
    """A data file that the library needs is not where it should be."""
