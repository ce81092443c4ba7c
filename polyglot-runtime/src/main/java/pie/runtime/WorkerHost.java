package pie.runtime;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import pie.engine.Engine;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.process.OwnerId;
import pie.engine.process.ProcessId;
import pie.inferlet.Host;
import pie.inferlet.Stats;
import pie.runtime.replay.Datum;
import pie.runtime.wire.Caller;

/** Hold what a guest asks its host for beside host calls, in a worker; all else is done in the server. */
final class WorkerHost implements Host {
    private final Caller caller;
    private final long seed;
    private final boolean serving;
    private final boolean permitted;
    private final Thread thread = Thread.currentThread();

    /** @param permitted whether the program may use files */
    WorkerHost(Caller caller, long seed, boolean serving, boolean permitted) {
        this.caller = caller;
        this.seed = seed;
        this.serving = serving;
        this.permitted = permitted;
    }

    @Override
    public long seed() {
        return seed;
    }

    @Override
    public void checkLive() {
        var unused = call("check_live");
    }

    @Override
    public void stdout(String text) {
        print("stdout", text);
    }

    @Override
    public void stderr(String text) {
        print("stderr", text);
    }

    /** What is printed while the guest is taken down, on another thread, goes nowhere. */
    private void print(String name, String text) {
        if (Thread.currentThread() == thread) {
            var unused = call(name, new Datum.Text(text));
        }
    }

    @Override
    public void flush() {
        var unused = call("flush_output");
    }

    @Override
    public Optional<Requests> requests() {
        return serving ? Optional.of(new Served()) : Optional.empty();
    }

    @Override
    public Files files() {
        return new WorkerFiles(this::call, permitted);
    }

    private Datum call(String name, Datum... arguments) {
        try {
            return caller.aside(name, arguments);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PieException(ErrorCode.CANCELLED, "cancelled", Map.of(), e);
        }
    }

    private static PieException elsewhere() {
        return new PieException(ErrorCode.INTERNAL, "this is known to the server only");
    }

    @Override
    public ProcessId id() {
        throw elsewhere();
    }

    @Override
    public OwnerId owner() {
        throw elsewhere();
    }

    @Override
    public String program() {
        throw elsewhere();
    }

    @Override
    public List<Engine> engines() {
        throw elsewhere();
    }

    @Override
    public <T extends @Nullable Object> T await(CompletableFuture<T> operation, String what) {
        throw elsewhere();
    }

    @Override
    public void idle(String what) {}

    @Override
    public void busy() {}

    @Override
    public void message(String text) {
        throw elsewhere();
    }

    @Override
    public CompletableFuture<String> receive() {
        throw elsewhere();
    }

    @Override
    public void giveBack(String message) {
        throw elsewhere();
    }

    @Override
    public void returns(String text) {
        throw elsewhere();
    }

    @Override
    public Stats stats() {
        throw elsewhere();
    }

    /** Says that there are requests; they are taken by host calls. */
    private static final class Served implements Requests {
        @Override
        public CompletableFuture<Optional<Incoming>> next() {
            throw elsewhere();
        }

        @Override
        public void giveBack(Incoming request) {
            throw elsewhere();
        }
    }
}
