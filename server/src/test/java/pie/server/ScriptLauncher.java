package pie.server;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import pie.engine.Engine;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.event.EventLog;
import pie.engine.process.InferletProcess;
import pie.engine.process.ProcessId;
import pie.engine.snapshot.SnapshotStore;
import pie.runtime.LaunchRequest;
import pie.runtime.ProgramSource;
import pie.runtime.RuntimeConfig;
import pie.runtime.mcp.McpPeer;

/** Launch scripts: processes with a real event log and no model. */
final class ScriptLauncher implements Launcher {
    private final RuntimeConfig config;
    private final Map<Long, ScriptProcess> processes = new ConcurrentSkipListMap<>();
    private final AtomicLong order = new AtomicLong();
    volatile Optional<SnapshotStore> snapshots = Optional.empty();
    /** Called with a process that has been started, before its launch returns. */
    volatile Consumer<InferletProcess> onStart = process -> {};

    final AtomicInteger closed = new AtomicInteger();

    ScriptLauncher(EventLog.Limits events) {
        RuntimeConfig d = RuntimeConfig.DEFAULT;
        config = new RuntimeConfig(
                d.languages(),
                0,
                false,
                d.maxRunning(),
                d.maxQueued(),
                d.killGrace(),
                d.guestMemory(),
                events,
                d.eventsTtl());
    }

    @Override
    public void check(ProgramSource source) {
        if (source.code().startsWith("syntax")) {
            throw new PieException(
                    ErrorCode.SOURCE_ERROR, "bad syntax", Map.of("file", source.file(), "line", 1, "column", 1));
        }
    }

    @Override
    public void registerMcp(ProcessId process, String name, McpPeer peer) {
        throw new PieException(ErrorCode.NOT_FOUND, "scripts call no MCP servers");
    }

    @Override
    public InferletProcess launch(LaunchRequest request, Consumer<? super InferletProcess> prepare) {
        String code = request.source().code();
        check(request.source());
        if (code.startsWith("overloaded")) {
            throw new PieException(ErrorCode.OVERLOADED, "the queue is full", Map.of("queue_depth", 1));
        }
        var process = new ScriptProcess(request, config.events());
        processes.put(order.incrementAndGet(), process);
        prepare.accept(process);
        process.start();
        onStart.accept(process);
        return process;
    }

    @Override
    public Optional<InferletProcess> find(ProcessId id) {
        return processes().stream().filter(p -> p.id().equals(id)).findFirst();
    }

    @Override
    public List<InferletProcess> processes() {
        return List.copyOf(processes.values());
    }

    @Override
    public void purge(ProcessId id) {
        processes.values().removeIf(p -> p.id().equals(id));
    }

    @Override
    public List<Engine> engines() {
        return List.of();
    }

    @Override
    public RuntimeConfig limits() {
        return config;
    }

    @Override
    public Optional<SnapshotStore> snapshots() {
        return snapshots;
    }

    @Override
    public void drain(Duration limit) throws InterruptedException {
        long until = System.nanoTime() + limit.toNanos();
        while (processes.values().stream().anyMatch(p -> !p.state().ended()) && System.nanoTime() < until) {
            Thread.sleep(5);
        }
        processes.values().forEach(p -> p.interrupt("shutdown"));
        processes.values().forEach(p -> p.outcome().join());
    }

    @Override
    public void close() {
        closed.incrementAndGet();
        processes.values().forEach(p -> p.interrupt("shutdown"));
    }
}
