package pie.runtime.replay;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Say how a recorded run ended.
 *
 * @param state last state of the process
 * @param value what it returned
 * @param code of the failure that ended it, null if none did
 */
public record RecordingEnd(
        String state,
        @Nullable String value,
        @Nullable String code,
        @Nullable String message,
        Map<String, Object> details) {}
