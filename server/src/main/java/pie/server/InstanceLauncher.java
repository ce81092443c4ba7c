package pie.server;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import pie.engine.Engine;
import pie.engine.process.InferletProcess;
import pie.engine.process.ProcessId;
import pie.engine.snapshot.SnapshotStore;
import pie.runtime.InferletRuntime;
import pie.runtime.LaunchRequest;
import pie.runtime.ProgramRegistry;
import pie.runtime.ProgramSource;
import pie.runtime.RuntimeConfig;
import pie.runtime.mcp.McpPeer;

/** Show the runtime of an instance to the routes. */
record InstanceLauncher(Instance instance) implements Launcher {
    private InferletRuntime runtime() {
        return instance.runtime();
    }

    @Override
    public InferletProcess launch(LaunchRequest request, Consumer<? super InferletProcess> prepare) {
        return runtime().launch(request, prepare);
    }

    @Override
    public void check(ProgramSource source) {
        runtime().check(source);
    }

    @Override
    public void registerMcp(ProcessId process, String name, McpPeer peer) {
        runtime().registerMcp(process, name, peer);
    }

    @Override
    public Optional<InferletProcess> find(ProcessId id) {
        return runtime().find(id);
    }

    @Override
    public List<InferletProcess> processes() {
        return runtime().processes();
    }

    @Override
    public List<InferletProcess> live() {
        return runtime().live();
    }

    @Override
    public void purge(ProcessId id) {
        runtime().purge(id);
    }

    @Override
    public List<Engine> engines() {
        return runtime().engines();
    }

    @Override
    public RuntimeConfig limits() {
        return instance.config().runtime();
    }

    @Override
    public Optional<SnapshotStore> snapshots() {
        return instance.snapshots();
    }

    @Override
    public void registry(ProgramRegistry programs) {
        runtime().registry(programs);
    }

    @Override
    public void drain(Duration limit) throws InterruptedException {
        runtime().drain(limit);
    }

    @Override
    public void close() {
        instance.close();
    }
}
