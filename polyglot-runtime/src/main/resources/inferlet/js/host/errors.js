export class PieError extends Error {
  constructor(message, { code, details } = {}) {
    super(message);
    this.code = code ?? new.target.code ?? 'INTERNAL';
    this.details = details ?? {};
  }
  get name() { return this.constructor.name; }
}
const codes = {
  INVALID_ARGUMENT: 'InvalidArgumentError', CONTEXT_LENGTH_EXCEEDED: 'ContextLengthError',
  OUT_OF_PAGES: 'OutOfPagesError', PERMISSION_DENIED: 'PermissionDeniedError', NOT_FOUND: 'NotFoundError',
  ALREADY_EXISTS: 'AlreadyExistsError', UNSUPPORTED: 'UnsupportedError', GRAMMAR_VIOLATION: 'GrammarViolationError',
  GUEST_ERROR: 'GuestError', LIMIT_EXCEEDED: 'LimitExceededError', CANCELLED: 'CancelledError',
  BUDGET_EXHAUSTED: 'BudgetExhaustedError', TIMEOUT: 'PieTimeoutError', STORAGE_FULL: 'StorageFullError',
  UPSTREAM_FAILURE: 'UpstreamError', DRIVER_FAILURE: 'DriverFailureError', INTERNAL: 'InternalError',
};
export const errors = { PieError };
const byCode = {};
for (const [code, name] of Object.entries(codes)) {
  const cls = { [name]: class extends PieError {} }[name];
  cls.code = code;
  errors[name] = byCode[code] = cls;
}
errors.InvalidTypeError = class InvalidTypeError extends errors.InvalidArgumentError {};
errors.InvalidTypeError.code = 'INVALID_ARGUMENT';
errors.DeviceLostError = byCode.DEVICE_LOST = class DeviceLostError extends errors.DriverFailureError {};
errors.DeviceLostError.code = 'DEVICE_LOST';
export function makeError(code, message, detailsText) {
  const { wrong_type: wrongType, ...details } = JSON.parse(detailsText);
  const cls = wrongType ? errors.InvalidTypeError : (byCode[code] ?? PieError);
  return new cls(message, { code, details });
}
export function raise(code, message, details) {
  throw makeError(code, message, details);
}
