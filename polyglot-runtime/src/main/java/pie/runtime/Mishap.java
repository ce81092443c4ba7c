package pie.runtime;

import java.util.Map;
import org.graalvm.polyglot.PolyglotException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.process.ProcessId;

/** Say in the product's words what went wrong in a guest. */
final class Mishap {
    private static final Logger LOG = LoggerFactory.getLogger(Mishap.class);

    private Mishap() {}

    static PieException of(Throwable error, ProcessId id, String program) {
        PieException failure = of(error);
        if (failure.code() == ErrorCode.INTERNAL && failure != error) {
            LOG.error("guest {} ({}) failed inside the engine", id, program, error);
        }
        return failure;
    }

    static PieException of(Throwable error) {
        if (error instanceof PieException e) {
            return e;
        }
        boolean exhausted = error instanceof PolyglotException guest && guest.isResourceExhausted();
        if (error instanceof StackOverflowError
                || exhausted && String.valueOf(error.getMessage()).contains("Stack")) {
            return new PieException(
                    ErrorCode.LIMIT_EXCEEDED, "the program ran out of stack", Map.of("limit", "stack"), error);
        }
        if (error instanceof OutOfMemoryError || exhausted) {
            return new PieException(
                    ErrorCode.LIMIT_EXCEEDED, "the program ran out of heap", Map.of("limit", "heap"), error);
        }
        if (error instanceof InterruptedException) {
            return new PieException(ErrorCode.CANCELLED, "cancelled", Map.of(), error);
        }
        return new PieException(ErrorCode.INTERNAL, "internal error: " + error, Map.of(), error);
    }
}
