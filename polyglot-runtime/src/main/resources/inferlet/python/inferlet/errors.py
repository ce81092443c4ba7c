"""The failures that the engine raises: PieError and its subclasses, one code each."""

import enum
import json


class ErrorCode(str, enum.Enum):
    INVALID_ARGUMENT = "INVALID_ARGUMENT"
    CONTEXT_LENGTH_EXCEEDED = "CONTEXT_LENGTH_EXCEEDED"
    OUT_OF_PAGES = "OUT_OF_PAGES"
    PERMISSION_DENIED = "PERMISSION_DENIED"
    NOT_FOUND = "NOT_FOUND"
    ALREADY_EXISTS = "ALREADY_EXISTS"
    UNSUPPORTED = "UNSUPPORTED"
    BAD_REQUEST = "BAD_REQUEST"
    INVALID_MANIFEST = "INVALID_MANIFEST"
    SOURCE_ERROR = "SOURCE_ERROR"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    METHOD_NOT_ALLOWED = "METHOD_NOT_ALLOWED"
    NOT_ACCEPTABLE = "NOT_ACCEPTABLE"
    UNSUPPORTED_MEDIA_TYPE = "UNSUPPORTED_MEDIA_TYPE"
    UPGRADE_REQUIRED = "UPGRADE_REQUIRED"
    CONFLICT = "CONFLICT"
    PAYLOAD_TOO_LARGE = "PAYLOAD_TOO_LARGE"
    RATE_LIMITED = "RATE_LIMITED"
    QUOTA_EXCEEDED = "QUOTA_EXCEEDED"
    GRAMMAR_VIOLATION = "GRAMMAR_VIOLATION"
    GUEST_ERROR = "GUEST_ERROR"
    LIMIT_EXCEEDED = "LIMIT_EXCEEDED"
    CANCELLED = "CANCELLED"
    BUDGET_EXHAUSTED = "BUDGET_EXHAUSTED"
    TIMEOUT = "TIMEOUT"
    STORAGE_FULL = "STORAGE_FULL"
    UPSTREAM_FAILURE = "UPSTREAM_FAILURE"
    OVERLOADED = "OVERLOADED"
    DRAINING = "DRAINING"
    NOT_READY = "NOT_READY"
    DRIVER_FAILURE = "DRIVER_FAILURE"
    DEVICE_LOST = "DEVICE_LOST"
    INTERNAL = "INTERNAL"

    def __str__(self):
        return self.value


class PieError(Exception):
    """A failure that the engine raised; `code` names it, `details` holds facts for programs."""

    _code = ErrorCode.INTERNAL

    def __init__(self, message="", *, code=None, details=None):
        Exception.__init__(self, message)
        self.code = ErrorCode(code) if code is not None else type(self)._code
        self.details = dict(details) if details else {}

    def __str__(self):
        return str(self.args[0]) if self.args else ""


class InvalidArgumentError(PieError, ValueError):
    _code = ErrorCode.INVALID_ARGUMENT


class InvalidTypeError(InvalidArgumentError, TypeError):
    pass


class ContextLengthError(PieError, ValueError):
    _code = ErrorCode.CONTEXT_LENGTH_EXCEEDED


class OutOfPagesError(PieError, MemoryError):
    _code = ErrorCode.OUT_OF_PAGES


class PermissionDeniedError(PieError, PermissionError):
    _code = ErrorCode.PERMISSION_DENIED


class NotFoundError(PieError, LookupError):
    _code = ErrorCode.NOT_FOUND


class AlreadyExistsError(PieError):
    _code = ErrorCode.ALREADY_EXISTS


class UnsupportedError(PieError, NotImplementedError):
    _code = ErrorCode.UNSUPPORTED


class GrammarViolationError(PieError, ValueError):
    _code = ErrorCode.GRAMMAR_VIOLATION


class GuestError(PieError, RuntimeError):
    _code = ErrorCode.GUEST_ERROR


class LimitExceededError(PieError, RuntimeError):
    _code = ErrorCode.LIMIT_EXCEEDED


class CancelledError(PieError):
    _code = ErrorCode.CANCELLED


class BudgetExhaustedError(PieError):
    _code = ErrorCode.BUDGET_EXHAUSTED


class PieTimeoutError(PieError, TimeoutError):
    _code = ErrorCode.TIMEOUT


class StorageFullError(PieError, OSError):
    _code = ErrorCode.STORAGE_FULL


class UpstreamError(PieError, OSError):
    _code = ErrorCode.UPSTREAM_FAILURE


class DriverFailureError(PieError, RuntimeError):
    _code = ErrorCode.DRIVER_FAILURE


class DeviceLostError(DriverFailureError):
    _code = ErrorCode.DEVICE_LOST


class InternalError(PieError, RuntimeError):
    _code = ErrorCode.INTERNAL


_CLASSES = {
    cls._code.value: cls
    for cls in (
        InvalidArgumentError, ContextLengthError, OutOfPagesError, PermissionDeniedError, NotFoundError,
        AlreadyExistsError, UnsupportedError, GrammarViolationError, GuestError, LimitExceededError, CancelledError,
        BudgetExhaustedError, PieTimeoutError, StorageFullError, UpstreamError, DriverFailureError, DeviceLostError,
        InternalError,
    )
}  # fmt: skip


def raise_error(code, message, details):
    """Raise what the host reports."""
    details = json.loads(details)
    cls = InvalidTypeError if details.pop("wrong_type", False) else _CLASSES.get(code, PieError)
    raise cls(message, code=code, details=details)
