package pie.engine.event;

import java.time.Instant;
import java.util.Map;
import pie.engine.ErrorCode;

/** Report one thing that a process did; ids start at 1 and have no holes when assigned. */
public sealed interface ProcessEvent {
    long id();

    Instant time();

    /** Return the event type of the wire: {@code stdout stderr message file return error}. */
    String type();

    /** Say whether nothing follows this event. */
    default boolean terminal() {
        return this instanceof Returned || this instanceof Failed;
    }

    record Stdout(long id, Instant time, String text) implements ProcessEvent {
        @Override
        public String type() {
            return "stdout";
        }
    }

    record Stderr(long id, Instant time, String text) implements ProcessEvent {
        @Override
        public String type() {
            return "stderr";
        }
    }

    record Message(long id, Instant time, String text) implements ProcessEvent {
        @Override
        public String type() {
            return "message";
        }
    }

    /** Tell of a file that the program sent; its content is the process's to give. @param name "" for none */
    record File(long id, Instant time, String name, String hash, long size, String mediaType) implements ProcessEvent {
        @Override
        public String type() {
            return "file";
        }
    }

    record Returned(long id, Instant time, String value) implements ProcessEvent {
        @Override
        public String type() {
            return "return";
        }
    }

    record Failed(long id, Instant time, ErrorCode code, String message, Map<String, Object> details)
            implements ProcessEvent {
        @Override
        public String type() {
            return "error";
        }
    }
}
