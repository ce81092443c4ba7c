package pie.runtime;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import pie.engine.Engine;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.process.InferletProcess;
import pie.engine.process.ProcessId;

/** Launch and keep processes over the engines of the loaded models. */
public final class InferletRuntime implements AutoCloseable {
    private InferletRuntime() {}

    /**
     * Start over engines in configured order, the first being the default model. Returns at once; pools warm in the background.
     */
    public static InferletRuntime start(RuntimeConfig config, List<Engine> engines) {
        throw new PieException(ErrorCode.INTERNAL, "not built yet");
    }

    public List<Engine> engines() {
        throw new PieException(ErrorCode.INTERNAL, "not built yet");
    }

    /** Wait until each language of the configuration has a warm context, at most {@code limit}; says whether it has. */
    public boolean awaitWarm(Collection<Language> languages, Duration limit) throws InterruptedException {
        throw new PieException(ErrorCode.INTERNAL, "not built yet");
    }

    /**
     * Check the source and start the process.
     *
     * @throws PieException SOURCE_ERROR with {@code file line column}, NOT_FOUND for a model, UNSUPPORTED for a language that is
     *     off, OVERLOADED with a full queue, DRAINING after {@link #drain}
     */
    public InferletProcess launch(LaunchRequest request) {
        throw new PieException(ErrorCode.INTERNAL, "not built yet");
    }

    /** Find a live or recently ended process. */
    public Optional<InferletProcess> find(ProcessId id) {
        throw new PieException(ErrorCode.INTERNAL, "not built yet");
    }

    /** List live and recently ended processes, oldest first. */
    public List<InferletProcess> processes() {
        throw new PieException(ErrorCode.INTERNAL, "not built yet");
    }

    /** Forget an ended process. */
    public void purge(ProcessId id) {
        throw new PieException(ErrorCode.INTERNAL, "not built yet");
    }

    /** Refuse new launches, wait for the live ones at most {@code limit}, then end them. */
    public void drain(Duration limit) throws InterruptedException {
        throw new PieException(ErrorCode.INTERNAL, "not built yet");
    }

    /** End all processes and close the guest contexts; the engines stay open. */
    @Override
    public void close() {
        throw new PieException(ErrorCode.INTERNAL, "not built yet");
    }
}
