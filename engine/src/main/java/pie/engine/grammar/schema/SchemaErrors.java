package pie.engine.grammar.schema;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/** Make errors that name a place in a schema. */
final class SchemaErrors {
    private SchemaErrors() {}

    static PieException invalid(String pointer, String problem) {
        return error(ErrorCode.INVALID_ARGUMENT, pointer, problem, null);
    }

    static PieException unsupported(String pointer, String problem) {
        return error(ErrorCode.UNSUPPORTED, pointer, problem, null);
    }

    static PieException at(String pointer, PieException cause) {
        return error(cause.code(), pointer, cause.message(), cause);
    }

    private static PieException error(ErrorCode code, String pointer, String problem, @Nullable Throwable cause) {
        String place = pointer.isEmpty() ? "#" : "#" + pointer;
        return new PieException(code, "JSON Schema, " + place + ": " + problem, Map.of("pointer", pointer), cause);
    }
}
