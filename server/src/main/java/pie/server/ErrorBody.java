package pie.server;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.process.Outcome;
import pie.runtime.bridge.GuestFailure;
import tools.jackson.databind.node.ObjectNode;

/** Shape errors for the wire: {@code {"error":{code,message,details,request_id}}}. */
final class ErrorBody {
    /** Seconds after which a refused client may try again. */
    static final String RETRY_AFTER = "1";

    private ErrorBody() {}

    static ObjectNode of(ErrorCode code, String message, Map<String, ?> details, @Nullable String requestId) {
        ObjectNode error = inner(code, message, details);
        if (requestId != null) {
            error.put("request_id", requestId);
        }
        ObjectNode body = Json.object();
        body.set("error", error);
        return body;
    }

    static ObjectNode inner(ErrorCode code, String message, Map<String, ?> details) {
        ObjectNode error = Json.object();
        error.put("code", code.name());
        error.put("message", message);
        error.set("details", Json.tree(details));
        return error;
    }

    static ObjectNode inner(Outcome.Failed failed) {
        return inner(failed.code(), failed.message(), failed.details());
    }

    /** Return the status of a failed process: its code's own, or 502 where the guest raised it and was not ended by it. */
    static int status(Outcome.Failed failed) {
        return GuestFailure.ofEnd(failed.code(), failed.details()).httpStatus();
    }

    /** Return the status of an error; {@code details.status} of BAD_REQUEST chooses between 400, 408 and 414. */
    static int status(PieException e) {
        return e.code() == ErrorCode.BAD_REQUEST && e.details().get("status") instanceof Integer status
                ? status
                : e.code().httpStatus();
    }
}
