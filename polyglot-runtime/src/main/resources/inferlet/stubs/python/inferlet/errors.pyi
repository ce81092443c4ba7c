"""The failures that the engine raises: PieError and its subclasses, one code each."""

import enum
from collections.abc import Mapping
from typing import Any

class ErrorCode(str, enum.Enum):
    """The one list of codes."""

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

class PieError(Exception):
    """A failure that the engine raised; `code` names it, `details` holds facts for programs."""

    code: ErrorCode
    details: dict[str, Any]
    def __init__(self, message: str = "", *, code: ErrorCode | str | None = None, details: Mapping[str, Any] | None = None) -> None: ...

class InvalidArgumentError(PieError, ValueError):
    """INVALID_ARGUMENT."""

class InvalidTypeError(InvalidArgumentError, TypeError):
    """INVALID_ARGUMENT for a wrong type."""

class ContextLengthError(PieError, ValueError):
    """CONTEXT_LENGTH_EXCEEDED."""

class OutOfPagesError(PieError, MemoryError):
    """OUT_OF_PAGES."""

class PermissionDeniedError(PieError, PermissionError):
    """PERMISSION_DENIED."""

class NotFoundError(PieError, LookupError):
    """NOT_FOUND."""

class AlreadyExistsError(PieError):
    """ALREADY_EXISTS."""

class UnsupportedError(PieError, NotImplementedError):
    """UNSUPPORTED."""

class GrammarViolationError(PieError, ValueError):
    """GRAMMAR_VIOLATION."""

class GuestError(PieError, RuntimeError):
    """GUEST_ERROR."""

class LimitExceededError(PieError, RuntimeError):
    """LIMIT_EXCEEDED."""

class CancelledError(PieError):
    """CANCELLED."""

class BudgetExhaustedError(PieError):
    """BUDGET_EXHAUSTED."""

class PieTimeoutError(PieError, TimeoutError):
    """TIMEOUT."""

class StorageFullError(PieError, OSError):
    """STORAGE_FULL."""

class UpstreamError(PieError, OSError):
    """UPSTREAM_FAILURE."""

class DriverFailureError(PieError, RuntimeError):
    """DRIVER_FAILURE."""

class DeviceLostError(DriverFailureError):
    """DEVICE_LOST."""

class InternalError(PieError, RuntimeError):
    """INTERNAL."""
