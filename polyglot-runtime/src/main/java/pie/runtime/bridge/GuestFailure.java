package pie.runtime.bridge;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.inferlet.Json;

/** Report what ended a program by itself. */
public final class GuestFailure {
    private GuestFailure() {}

    /**
     * Make the failure of an uncaught exception.
     *
     * @param code of one of our exceptions, "" for the program's own
     * @param details JSON text
     */
    public static PieException uncaught(String message, String type, String traceback, String code, String details) {
        var all = new LinkedHashMap<String, Object>();
        @Nullable Object parsed = Json.parse(details, "details");
        if (parsed instanceof Map<?, ?> map) {
            map.forEach((key, value) -> {
                if (value != null) {
                    all.put(String.valueOf(key), value);
                }
            });
        }
        all.put("type", type);
        all.put("traceback", traceback);
        if (code.isEmpty()) {
            String limit = limit(type, message);
            if (limit.isEmpty()) {
                return new PieException(ErrorCode.GUEST_ERROR, message, all);
            }
            all.put("limit", limit);
            return new PieException(
                    ErrorCode.LIMIT_EXCEEDED, message.isEmpty() ? "the program ran out of " + limit : message, all);
        }
        all.put("origin", "guest");
        return new PieException(ErrorCode.valueOf(code), message, all);
    }

    /**
     * Return the code whose HTTP status and exit code the end of a process has: that of a failed program where it raised the
     * error itself, but its own where a budget, a limit, a cancellation or a lost device ended it, caught by no one.
     */
    public static ErrorCode ofEnd(ErrorCode code, Map<String, Object> details) {
        if (!"guest".equals(details.get("origin"))) {
            return code;
        }
        return switch (code) {
            case BUDGET_EXHAUSTED, CANCELLED, LIMIT_EXCEEDED, DEVICE_LOST -> code;
            default -> ErrorCode.GUEST_ERROR;
        };
    }

    /** Return what ran out, if that is what the languages say by an exception of theirs. */
    private static String limit(String type, String message) {
        return switch (type) {
            case "MemoryError" -> "heap";
            case "RecursionError" -> "stack";
            case "RangeError" -> message.equals("Maximum call stack size exceeded") ? "stack" : "";
            default -> "";
        };
    }

    public static PieException syntax(String message, String file, int line, int column) {
        return new PieException(
                ErrorCode.SOURCE_ERROR,
                file + ":" + line + ":" + column + ": " + message,
                Map.of("file", file, "line", line, "column", column));
    }
}
