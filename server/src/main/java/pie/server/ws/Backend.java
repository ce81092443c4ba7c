package pie.server.ws;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import pie.engine.Engine;
import pie.engine.process.InferletProcess;
import pie.engine.process.ProcessId;
import pie.runtime.LaunchRequest;
import pie.runtime.ProgramSource;
import pie.runtime.mcp.McpPeer;
import pie.server.programs.ProgramStore;

/** What sessions need of the server. */
public interface Backend {
    /**
     * Start a program.
     *
     * @param prepare is given the process before it can do anything
     * @throws pie.engine.PieException DRAINING, NOT_READY and whatever a launch fails with
     */
    InferletProcess launch(LaunchRequest request, Consumer<? super InferletProcess> prepare);

    /** Refuse what cannot run. @throws pie.engine.PieException SOURCE_ERROR, UNSUPPORTED, PERMISSION_DENIED, NOT_READY */
    void check(ProgramSource source);

    /** Let a process call an MCP server through someone. @throws pie.engine.PieException NOT_FOUND, for one that is not a program too */
    void registerMcp(ProcessId process, String name, McpPeer peer);

    Optional<InferletProcess> find(ProcessId id);

    List<InferletProcess> processes();

    List<Engine> engines();

    ProgramStore programs();

    /** Return the JSON of the stats route. */
    String stats();

    String version();

    boolean tokenFits(String token);
}
