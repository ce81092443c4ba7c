package pie.runtime.java;

import pie.engine.ErrorCode;

/** End a Java program from inside. Programs may not name it, and what could catch it rethrows it. */
public final class Stop extends Error {
    private final ErrorCode code;

    public Stop(ErrorCode code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    public ErrorCode code() {
        return code;
    }

    public String message() {
        String message = getMessage();
        return message == null ? code.name() : message;
    }
}
