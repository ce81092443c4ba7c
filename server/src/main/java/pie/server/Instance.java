package pie.server;

import java.util.function.Consumer;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.runtime.InferletRuntime;

/** Bring up model files, driver, engine and guest runtime, and take them down in order. Used by the server and by {@code pie run}. */
public final class Instance implements AutoCloseable {
    private final InferletRuntime runtime;

    private Instance(InferletRuntime runtime) {
        this.runtime = runtime;
    }

    /** @param progress told in one line each what is being done */
    public static Instance open(InstanceConfig config, Consumer<String> progress) {
        throw new PieException(ErrorCode.INTERNAL, "not built yet");
    }

    public InferletRuntime runtime() {
        return runtime;
    }

    @Override
    public void close() {
        runtime.close();
    }
}
