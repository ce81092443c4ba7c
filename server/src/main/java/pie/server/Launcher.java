package pie.server;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import pie.engine.Engine;
import pie.engine.process.InferletProcess;
import pie.engine.process.ProcessId;
import pie.engine.snapshot.SnapshotStore;
import pie.runtime.LaunchRequest;
import pie.runtime.ProgramRegistry;
import pie.runtime.ProgramSource;
import pie.runtime.RuntimeConfig;
import pie.runtime.mcp.McpPeer;

/** Launch and find processes: what the routes see of an {@link Instance}. */
interface Launcher extends AutoCloseable {
    /** @param prepare is given the process before it can do anything; if the launch is refused then, it never will */
    InferletProcess launch(LaunchRequest request, Consumer<? super InferletProcess> prepare);

    /** Refuse what cannot run. @throws pie.engine.PieException SOURCE_ERROR, UNSUPPORTED, PERMISSION_DENIED */
    void check(ProgramSource source);

    /** Let a program that runs call an MCP server through someone. @throws pie.engine.PieException NOT_FOUND */
    void registerMcp(ProcessId process, String name, McpPeer peer);

    Optional<InferletProcess> find(ProcessId id);

    /** List live and recently ended processes, oldest first. */
    List<InferletProcess> processes();

    /** List the processes that have not ended, oldest first. */
    default List<InferletProcess> live() {
        return processes().stream().filter(p -> !p.state().ended()).toList();
    }

    void purge(ProcessId id);

    /** List the engines, that of the default model first. */
    List<Engine> engines();

    RuntimeConfig limits();

    /** Return where snapshots are kept, empty if they are off. */
    Optional<SnapshotStore> snapshots();

    /** Let programs start those that are installed. */
    default void registry(ProgramRegistry programs) {}

    void drain(Duration limit) throws InterruptedException;

    @Override
    void close();
}
