package pie.runtime;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import pie.engine.Engine;
import pie.engine.event.EventLog;
import pie.engine.process.OwnerId;
import pie.engine.process.ProcessId;
import pie.inferlet.Host;
import pie.inferlet.Stats;
import pie.runtime.files.FileStore;
import pie.runtime.files.ProcessFiles;
import pie.runtime.replay.RecordingHeader;

/** Stand for the host of a recorded run: what the program says goes out, and nothing else is asked. */
final class ReplayHost implements Host {
    private final RecordingHeader header;
    private final ProcessOutput output;
    private volatile @Nullable String returned;

    ReplayHost(RecordingHeader header, EventLog log) {
        this.header = header;
        this.output = new ProcessOutput(log, true);
    }

    @Nullable
    String returned() {
        return returned;
    }

    @Override
    public ProcessId id() {
        return ProcessId.parse(header.process()).orElseThrow();
    }

    @Override
    public OwnerId owner() {
        return new OwnerId(header.owner());
    }

    @Override
    public String program() {
        return header.source().identity();
    }

    @Override
    public List<Engine> engines() {
        return List.of();
    }

    @Override
    public long seed() {
        return header.seed();
    }

    @Override
    public void checkLive() {}

    @Override
    public <T extends @Nullable Object> T await(CompletableFuture<T> operation, String what) {
        throw unasked();
    }

    @Override
    public void idle(String what) {
        flush();
    }

    @Override
    public void busy() {}

    @Override
    public void stdout(String text) {
        output.stdout(text);
    }

    @Override
    public void stderr(String text) {
        output.stderr(text);
    }

    @Override
    public void flush() {
        output.flush();
    }

    @Override
    public void message(String text) {
        output.message(text);
    }

    @Override
    public CompletableFuture<String> receive() {
        throw unasked();
    }

    @Override
    public void giveBack(String message) {
        throw unasked();
    }

    /** The program's own files; what it made of others is in the recording. */
    @Override
    public Files files() {
        return new ProcessFiles(
                new FileStore(GuestPolicy.DEFAULT),
                id(),
                owner(),
                "replay",
                header.source().texts(),
                false);
    }

    @Override
    public void returns(String text) {
        returned = text;
    }

    @Override
    public Stats stats() {
        throw unasked();
    }

    private static IllegalStateException unasked() {
        return new IllegalStateException("a replay answers this from its recording");
    }
}
