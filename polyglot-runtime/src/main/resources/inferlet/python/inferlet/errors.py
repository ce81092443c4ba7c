"""The failures that the engine raises: PieError and its subclasses, one code each."""

from . import _json

_CODES = (
    "INVALID_ARGUMENT", "CONTEXT_LENGTH_EXCEEDED", "OUT_OF_PAGES", "PERMISSION_DENIED", "NOT_FOUND", "ALREADY_EXISTS",
    "UNSUPPORTED", "BAD_REQUEST", "INVALID_MANIFEST", "SOURCE_ERROR", "UNAUTHENTICATED", "METHOD_NOT_ALLOWED",
    "NOT_ACCEPTABLE", "UNSUPPORTED_MEDIA_TYPE", "UPGRADE_REQUIRED", "CONFLICT", "PAYLOAD_TOO_LARGE", "RATE_LIMITED",
    "QUOTA_EXCEEDED", "GRAMMAR_VIOLATION", "GUEST_ERROR", "LIMIT_EXCEEDED", "CANCELLED", "BUDGET_EXHAUSTED", "TIMEOUT",
    "STORAGE_FULL", "UPSTREAM_FAILURE", "OVERLOADED", "DRAINING", "NOT_READY", "DRIVER_FAILURE", "DEVICE_LOST",
    "INTERNAL",
)  # fmt: skip


def __getattr__(name):
    # what few programs use would have each import enum
    if name != "ErrorCode":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import enum

    made = enum.Enum("ErrorCode", {code: code for code in _CODES}, module=__name__, type=str)
    made.__str__ = lambda self: self.value
    globals()["ErrorCode"] = made
    return made


def __dir__():
    return sorted({*globals(), "ErrorCode"})


def _error_code(code):
    from .errors import ErrorCode

    return ErrorCode(code)


class PieError(Exception):
    """A failure that the engine raised; `code` names it, `details` holds facts for programs."""

    _code = "INTERNAL"

    def __init__(self, message="", *, code=None, details=None):
        Exception.__init__(self, message)
        if code is not None:
            self._code = code if code in _CODES else _error_code(code)
        self.details = dict(details) if details else {}

    def __getattr__(self, name):
        if name != "code":
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        self.code = _error_code(self._code)
        return self.code

    def __str__(self):
        return str(self.args[0]) if self.args else ""


class InvalidArgumentError(PieError, ValueError):
    _code = "INVALID_ARGUMENT"


class InvalidTypeError(InvalidArgumentError, TypeError):
    pass


class ContextLengthError(PieError, ValueError):
    _code = "CONTEXT_LENGTH_EXCEEDED"


class OutOfPagesError(PieError, MemoryError):
    _code = "OUT_OF_PAGES"


class PermissionDeniedError(PieError, PermissionError):
    _code = "PERMISSION_DENIED"


class NotFoundError(PieError, LookupError):
    _code = "NOT_FOUND"


class AlreadyExistsError(PieError):
    _code = "ALREADY_EXISTS"


class UnsupportedError(PieError, NotImplementedError):
    _code = "UNSUPPORTED"


class GrammarViolationError(PieError, ValueError):
    _code = "GRAMMAR_VIOLATION"


class GuestError(PieError, RuntimeError):
    _code = "GUEST_ERROR"


class LimitExceededError(PieError, RuntimeError):
    _code = "LIMIT_EXCEEDED"


class CancelledError(PieError):
    _code = "CANCELLED"


class BudgetExhaustedError(PieError):
    _code = "BUDGET_EXHAUSTED"


class PieTimeoutError(PieError, TimeoutError):
    _code = "TIMEOUT"


class StorageFullError(PieError, OSError):
    _code = "STORAGE_FULL"


class UpstreamError(PieError, OSError):
    _code = "UPSTREAM_FAILURE"


class DriverFailureError(PieError, RuntimeError):
    _code = "DRIVER_FAILURE"


class DeviceLostError(DriverFailureError):
    _code = "DEVICE_LOST"


class InternalError(PieError, RuntimeError):
    _code = "INTERNAL"


_CLASSES = {
    cls._code: cls
    for cls in (
        InvalidArgumentError, ContextLengthError, OutOfPagesError, PermissionDeniedError, NotFoundError,
        AlreadyExistsError, UnsupportedError, GrammarViolationError, GuestError, LimitExceededError, CancelledError,
        BudgetExhaustedError, PieTimeoutError, StorageFullError, UpstreamError, DriverFailureError, DeviceLostError,
        InternalError,
    )
}  # fmt: skip


def raise_error(code, message, details):
    """Raise what the host reports."""
    details = _json.loads(details)
    cls = InvalidTypeError if details.pop("wrong_type", False) else _CLASSES.get(code, PieError)
    raise cls(message, code=code, details=details)
