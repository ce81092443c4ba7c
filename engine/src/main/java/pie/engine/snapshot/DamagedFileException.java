package pie.engine.snapshot;

import java.io.IOException;

/** Say that a file is not what was written. */
final class DamagedFileException extends IOException {
    private static final long serialVersionUID = 1;

    DamagedFileException(String message) {
        super(message);
    }
}
