package pie.engine.process;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;

/** Say how a process ended. */
public sealed interface Outcome {
    ProcessState state();

    /** @param value the return string, "" for none */
    record Completed(String value) implements Outcome {
        @Override
        public ProcessState state() {
            return ProcessState.COMPLETED;
        }
    }

    /**
     * @param state FAILED, CANCELLED or EXHAUSTED
     * @param details JSON-like, e.g. {@code type}, {@code traceback}, {@code origin}
     * @param partial value set for return by the program before it ended, null for none
     */
    record Failed(
            ProcessState state,
            ErrorCode code,
            String message,
            Map<String, Object> details,
            @Nullable String partial) implements Outcome {}
}
