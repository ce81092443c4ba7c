import { errors } from './base.js';

export const { PieError, InvalidArgumentError, InvalidTypeError, ContextLengthError, OutOfPagesError, PermissionDeniedError,
  NotFoundError, AlreadyExistsError, UnsupportedError, GrammarViolationError, GuestError, LimitExceededError, CancelledError,
  BudgetExhaustedError, PieTimeoutError, StorageFullError, UpstreamError, DriverFailureError, DeviceLostError,
  InternalError } = errors;

export const ErrorCode = Object.freeze(Object.fromEntries(['INVALID_ARGUMENT', 'CONTEXT_LENGTH_EXCEEDED', 'OUT_OF_PAGES',
  'PERMISSION_DENIED', 'NOT_FOUND', 'ALREADY_EXISTS', 'UNSUPPORTED', 'BAD_REQUEST', 'INVALID_MANIFEST', 'SOURCE_ERROR',
  'UNAUTHENTICATED', 'METHOD_NOT_ALLOWED', 'NOT_ACCEPTABLE', 'UNSUPPORTED_MEDIA_TYPE', 'UPGRADE_REQUIRED', 'CONFLICT',
  'PAYLOAD_TOO_LARGE', 'RATE_LIMITED', 'QUOTA_EXCEEDED', 'GRAMMAR_VIOLATION', 'GUEST_ERROR', 'LIMIT_EXCEEDED', 'CANCELLED',
  'BUDGET_EXHAUSTED', 'TIMEOUT', 'STORAGE_FULL', 'UPSTREAM_FAILURE', 'OVERLOADED', 'DRAINING', 'NOT_READY',
  'DRIVER_FAILURE', 'DEVICE_LOST', 'INTERNAL'].map((code) => [code, code])));
