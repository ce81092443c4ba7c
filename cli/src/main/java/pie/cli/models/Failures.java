package pie.cli.models;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/** Word the failures of pulls: what happened, what is left on disk, what to do. */
final class Failures {
    private Failures() {}

    static PieException diskFull(Path file, long needed, long free) {
        return new PieException(
                ErrorCode.STORAGE_FULL,
                "no room for " + file.getFileName() + ": " + Sizes.text(needed) + " are needed in " + file.getParent()
                        + ", " + Sizes.text(free) + " are free. Make room, or set PIE_HOME to another disk, and run the"
                        + " same command again: it goes on where it stopped",
                Map.of("path", file.toString(), "needed_bytes", needed, "free_bytes", free));
    }

    /** Tell a full disk or forbidden folder from other failures to write. */
    static PieException write(Path file, IOException cause) {
        String said = String.valueOf(cause.getMessage());
        String lower = said.toLowerCase(Locale.ROOT);
        if (lower.contains("no space left") || lower.contains("disk quota") || lower.contains("not enough space")) {
            return new PieException(
                    ErrorCode.STORAGE_FULL,
                    "the disk of " + file.getParent()
                            + " is full. Make room, or set PIE_HOME to another disk, and run the"
                            + " same command again: it goes on where it stopped",
                    Map.of("path", file.toString()),
                    cause);
        }
        if (cause instanceof AccessDeniedException) {
            return new PieException(
                    ErrorCode.PERMISSION_DENIED,
                    file + " cannot be written: set PIE_HOME to a folder of yours, or change its owner",
                    Map.of("path", file.toString()),
                    cause);
        }
        return new PieException(
                ErrorCode.UPSTREAM_FAILURE,
                file + " cannot be written: " + said,
                Map.of("path", file.toString()),
                cause);
    }

    static PieException upstream(String what, Throwable cause) {
        return new PieException(ErrorCode.UPSTREAM_FAILURE, what, Map.of(), cause);
    }

    static PieException upstream(String what) {
        return new PieException(ErrorCode.UPSTREAM_FAILURE, what);
    }

    static PieException wrongHash(String file, String expected, String actual) {
        return new PieException(
                ErrorCode.UPSTREAM_FAILURE,
                file + " has the wrong SHA-256 and was thrown away: expected " + expected + ", got " + actual
                        + ". Run the same command again; if it stays wrong, the source or a proxy on the way alters it",
                Map.of("file", file, "expected", expected, "actual", actual));
    }
}
