package pie.server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import pie.engine.Engine;
import pie.engine.process.InferletProcess;
import pie.engine.process.ProcessId;
import pie.engine.snapshot.SnapshotStore;
import pie.runtime.LaunchRequest;
import pie.runtime.ProgramSource;
import pie.runtime.RuntimeConfig;
import pie.runtime.mcp.McpPeer;
import pie.server.metrics.RequestMetrics;
import pie.server.openai.PlainRuns;
import pie.server.trace.RequestSpans;

/** Show programs and plain generations as one list of processes. */
record AllRuns(Launcher programs, PlainRuns plain, RequestMetrics metrics, RequestSpans spans) implements Launcher {
    @Override
    public InferletProcess launch(LaunchRequest request, Consumer<? super InferletProcess> prepare) {
        InferletProcess process = programs.launch(request, begun -> {
            spans.follow(begun);
            prepare.accept(begun);
        });
        metrics.follow(process);
        return process;
    }

    @Override
    public void check(ProgramSource source) {
        programs.check(source);
    }

    @Override
    public void registerMcp(ProcessId process, String name, McpPeer peer) {
        programs.registerMcp(process, name, peer);
    }

    @Override
    public Optional<InferletProcess> find(ProcessId id) {
        return programs.find(id).or(() -> plain.find(id));
    }

    @Override
    public List<InferletProcess> processes() {
        List<InferletProcess> others = plain.processes();
        if (others.isEmpty()) {
            return programs.processes();
        }
        var all = new ArrayList<>(programs.processes());
        all.addAll(others);
        all.sort(Comparator.comparing(InferletProcess::created));
        return all;
    }

    @Override
    public List<InferletProcess> live() {
        List<InferletProcess> others = plain.live();
        if (others.isEmpty()) {
            return programs.live();
        }
        var all = new ArrayList<>(programs.live());
        all.addAll(others);
        return all;
    }

    @Override
    public void purge(ProcessId id) {
        programs.purge(id);
        plain.purge(id);
    }

    @Override
    public List<Engine> engines() {
        return programs.engines();
    }

    @Override
    public RuntimeConfig limits() {
        return programs.limits();
    }

    @Override
    public Optional<SnapshotStore> snapshots() {
        return programs.snapshots();
    }

    @Override
    public void drain(Duration limit) throws InterruptedException {
        long from = System.nanoTime();
        programs.drain(limit);
        Duration left = limit.minusNanos(System.nanoTime() - from);
        plain.drain(left.isNegative() ? Duration.ZERO : left);
    }

    @Override
    public void close() {
        programs.close();
    }
}
