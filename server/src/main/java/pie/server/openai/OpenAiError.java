package pie.server.openai;

import java.util.Locale;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Shape errors as clients of the OpenAI API read them: {@code {"error":{message,type,param,code}}}. */
public final class OpenAiError {
    private OpenAiError() {}

    public static ObjectNode body(PieException e) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        ObjectNode error = body.putObject("error");
        error.put("message", e.message());
        error.put("type", type(e.code().httpStatus()));
        if (e.details().get("param") instanceof String param) {
            error.put("param", param);
        } else {
            error.putNull("param");
        }
        boolean model =
                e.code() == ErrorCode.NOT_FOUND && "model".equals(e.details().get("kind"));
        error.put("code", model ? "model_not_found" : e.code().name().toLowerCase(Locale.ROOT));
        return body;
    }

    private static String type(int status) {
        return switch (status) {
            case 401 -> "authentication_error";
            case 403 -> "permission_error";
            case 404 -> "not_found_error";
            case 429 -> "rate_limit_error";
            case 503 -> "overloaded_error";
            default -> status < 500 ? "invalid_request_error" : "server_error";
        };
    }
}
