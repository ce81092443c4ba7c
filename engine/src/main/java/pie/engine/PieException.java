package pie.engine;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Carry an {@link ErrorCode}, one sentence for people, and details for machines. The only exception that pie throws on purpose. */
public final class PieException extends RuntimeException {
    private final ErrorCode code;
    private final transient Map<String, Object> details;

    public PieException(ErrorCode code, String message) {
        this(code, message, Map.of(), null);
    }

    public PieException(ErrorCode code, String message, Map<String, ?> details) {
        this(code, message, details, null);
    }

    public PieException(ErrorCode code, String message, Map<String, ?> details, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
        this.details = Collections.unmodifiableMap(new LinkedHashMap<>(details));
    }

    public static PieException invalid(String message) {
        return new PieException(ErrorCode.INVALID_ARGUMENT, message);
    }

    public ErrorCode code() {
        return code;
    }

    /** Return the stable, JSON-like details of this failure; its keys are listed beside each code in the API guide. */
    public Map<String, Object> details() {
        return details;
    }

    /** Return {@link #getMessage()}, never null. */
    public String message() {
        String message = getMessage();
        return message == null ? code.name() : message;
    }
}
