package pie.inferlet;

import pie.engine.ErrorCode;
import pie.engine.PieException;

/** Refuse calls of the interface that this engine cannot answer. */
final class Unsupported {
    private Unsupported() {}

    static PieException later(String message) {
        return new PieException(ErrorCode.UNSUPPORTED, message);
    }
}
