package pie.server;

import java.net.URI;
import java.util.function.Supplier;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/** Bind, answer, drain. */
public final class PieServer implements AutoCloseable {
    private PieServer() {}

    /**
     * Bind at once, then bring the instance up; requests are answered NOT_READY until it is there.
     *
     * @throws PieException INVALID_ARGUMENT for a refused bind, CONFLICT for a port in use, whatever {@code instance} throws
     */
    public static PieServer start(ServerConfig config, Supplier<Instance> instance) {
        throw new PieException(ErrorCode.INTERNAL, "not built yet");
    }

    public URI uri() {
        throw new PieException(ErrorCode.INTERNAL, "not built yet");
    }

    /** Refuse new launches, let processes finish within the drain time, then close everything. */
    @Override
    public void close() {
        throw new PieException(ErrorCode.INTERNAL, "not built yet");
    }
}
