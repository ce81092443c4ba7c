package pie.engine;

/**
 * Name every way in which a request, a program or the engine can fail: the one list behind guest exceptions, wire codes, exit
 * codes and metric labels.
 */
public enum ErrorCode {
    INVALID_ARGUMENT(Category.USER, 400, 2, false),
    CONTEXT_LENGTH_EXCEEDED(Category.USER, 400, 2, false),
    OUT_OF_PAGES(Category.USER, 400, 2, false),
    PERMISSION_DENIED(Category.USER, 403, 4, false),
    NOT_FOUND(Category.USER, 404, 3, false),
    ALREADY_EXISTS(Category.USER, 409, 2, false),
    UNSUPPORTED(Category.USER, 422, 2, false),
    BAD_REQUEST(Category.USER, 400, 2, false),
    INVALID_MANIFEST(Category.USER, 400, 2, false),
    SOURCE_ERROR(Category.USER, 400, 2, false),
    UNAUTHENTICATED(Category.USER, 401, 4, false),
    METHOD_NOT_ALLOWED(Category.USER, 405, 2, false),
    NOT_ACCEPTABLE(Category.USER, 406, 2, false),
    UNSUPPORTED_MEDIA_TYPE(Category.USER, 415, 2, false),
    UPGRADE_REQUIRED(Category.USER, 426, 2, false),
    CONFLICT(Category.USER, 409, 2, false),
    PAYLOAD_TOO_LARGE(Category.USER, 413, 2, false),
    RATE_LIMITED(Category.USER, 429, 6, true),
    QUOTA_EXCEEDED(Category.USER, 429, 6, true),
    GRAMMAR_VIOLATION(Category.INFERLET, 502, 1, false),
    GUEST_ERROR(Category.INFERLET, 502, 1, false),
    LIMIT_EXCEEDED(Category.INFERLET, 422, 1, false),
    CANCELLED(Category.INFERLET, 499, 1, false),
    BUDGET_EXHAUSTED(Category.INFERLET, 402, 6, false),
    TIMEOUT(Category.RESOURCE, 504, 6, true),
    STORAGE_FULL(Category.RESOURCE, 507, 7, false),
    UPSTREAM_FAILURE(Category.RESOURCE, 502, 1, true),
    OVERLOADED(Category.RESOURCE, 429, 5, true),
    DRAINING(Category.RESOURCE, 503, 5, true),
    NOT_READY(Category.RESOURCE, 503, 5, true),
    DRIVER_FAILURE(Category.DRIVER, 500, 7, true),
    DEVICE_LOST(Category.DRIVER, 503, 7, true),
    INTERNAL(Category.INTERNAL, 500, 7, false);

    /** Say who can do something about it. */
    public enum Category {
        USER,
        INFERLET,
        RESOURCE,
        DRIVER,
        INTERNAL
    }

    private final Category category;
    private final int httpStatus;
    private final int exitCode;
    private final boolean retryable;

    ErrorCode(Category category, int httpStatus, int exitCode, boolean retryable) {
        this.category = category;
        this.httpStatus = httpStatus;
        this.exitCode = exitCode;
        this.retryable = retryable;
    }

    public Category category() {
        return category;
    }

    public int httpStatus() {
        return httpStatus;
    }

    /** Return the exit code of a {@code pie} command that fails with this code. */
    public int exitCode() {
        return exitCode;
    }

    /** Say whether repeating the request unchanged can help. */
    public boolean retryable() {
        return retryable;
    }
}
