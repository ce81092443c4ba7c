package pie.server.ws;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import pie.engine.Engine;
import pie.engine.process.InferletProcess;
import pie.engine.process.ProcessId;
import pie.runtime.LaunchRequest;
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

    Optional<InferletProcess> find(ProcessId id);

    List<InferletProcess> processes();

    List<Engine> engines();

    ProgramStore programs();

    /** Return the JSON of the stats route. */
    String stats();

    String version();

    boolean tokenFits(String token);
}
