package pie.runtime.java;

import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import pie.engine.Engine;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.process.OwnerId;
import pie.engine.process.ProcessId;
import pie.inferlet.Host;
import pie.inferlet.Stats;

/** Be a process without engines: output, messages and the end of it are real. */
final class SmallHost implements Host {
    final StringBuffer out = new StringBuffer();
    final StringBuffer err = new StringBuffer();
    final LinkedBlockingQueue<String> messages = new LinkedBlockingQueue<>();
    final CompletableFuture<String> inbox = new CompletableFuture<>();
    private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();

    void end() {
        ended.complete(null);
    }

    @Override
    public ProcessId id() {
        return ProcessId.random();
    }

    @Override
    public OwnerId owner() {
        return OwnerId.LOCAL;
    }

    @Override
    public String program() {
        return "test@0.0.0";
    }

    @Override
    public List<Engine> engines() {
        return List.of();
    }

    @Override
    public long seed() {
        return 7;
    }

    @Override
    public void checkLive() {
        if (ended.isDone()) {
            throw new PieException(ErrorCode.CANCELLED, "the process is being ended");
        }
    }

    @Override
    public <T extends @Nullable Object> T await(CompletableFuture<T> operation, String what) {
        try {
            CompletableFuture.anyOf(operation, ended).join();
        } catch (CompletionException | CancellationException e) {
            // seen again below
        }
        checkLive();
        try {
            return operation.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException r) {
                throw r;
            }
            throw e;
        }
    }

    @Override
    public void idle(String what) {}

    @Override
    public void busy() {}

    @Override
    public void flush() {}

    @Override
    public void giveBack(String message) {
        inbox.complete(message);
    }

    @Override
    public void stdout(String text) {
        out.append(text);
    }

    @Override
    public void stderr(String text) {
        err.append(text);
    }

    @Override
    public void message(String text) {
        messages.add(text);
    }

    @Override
    public CompletableFuture<String> receive() {
        return inbox;
    }

    @Override
    public void returns(String text) {}

    @Override
    public Stats stats() {
        throw new PieException(ErrorCode.UNSUPPORTED, "no engine");
    }
}
