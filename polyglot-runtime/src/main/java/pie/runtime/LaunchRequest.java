package pie.runtime;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Consumer;
import pie.engine.process.Budget;
import pie.engine.process.OwnerId;
import pie.runtime.mcp.McpServer;
import pie.runtime.serve.RequestQueue;

/**
 * Ask for one run of a program.
 *
 * @param input JSON text handed to the entry function, {@code {}} for none
 * @param model name of a loaded model, empty for the first
 * @param capture false: no stdout, stderr and message events
 * @param bid credits a page and tick that its contexts bid unless it says otherwise, empty for what its wallet allows
 * @param recordings folder that a recording of the run is kept in, as {@code <id>.pierec}; empty for none
 * @param seed of the process's random sources and of samplers that name none
 * @param permissions what it asks for beyond computing
 * @param mcp MCP servers that it may call, by name
 * @param requests HTTP requests that the program is there to answer, empty for any other program
 * @param profiled whether its life is recorded from the beginning, see {@link pie.engine.process.InferletProcess#profile}
 */
public record LaunchRequest(
        OwnerId owner,
        ProgramSource source,
        String input,
        Optional<String> model,
        Budget budget,
        Map<String, String> labels,
        OptionalLong seed,
        boolean capture,
        OptionalDouble bid,
        Optional<Path> recordings,
        Permissions permissions,
        Map<String, McpServer> mcp,
        boolean profiled,
        Optional<RequestQueue> requests) {
    /** Ask for a run with no permissions beyond the usual and nothing recorded. */
    public LaunchRequest(
            OwnerId owner,
            ProgramSource source,
            String input,
            Optional<String> model,
            Budget budget,
            Map<String, String> labels,
            OptionalLong seed,
            boolean capture) {
        this(
                owner,
                source,
                input,
                model,
                budget,
                labels,
                seed,
                capture,
                OptionalDouble.empty(),
                Optional.empty(),
                Permissions.DEFAULT,
                Map.of(),
                false,
                Optional.empty());
    }

    public static LaunchRequest of(ProgramSource source, String input) {
        return new LaunchRequest(
                OwnerId.LOCAL, source, input, Optional.empty(), Budget.UNLIMITED, Map.of(), OptionalLong.empty(), true);
    }

    public LaunchRequest recordedIn(Path folder) {
        return with(copy -> copy.recordings = Optional.of(folder));
    }

    public LaunchRequest bidding(OptionalDouble credits) {
        return with(copy -> copy.bid = credits);
    }

    public LaunchRequest calling(Map<String, McpServer> servers) {
        return with(copy -> copy.mcp = Collections.unmodifiableMap(new LinkedHashMap<>(servers)));
    }

    public LaunchRequest permitted(Permissions asked) {
        return with(copy -> copy.permissions = asked);
    }

    /** Record its life from the beginning. */
    public LaunchRequest profiling() {
        return with(copy -> copy.profiled = true);
    }

    /** Run another program. */
    public LaunchRequest running(ProgramSource program) {
        return with(copy -> copy.source = program);
    }

    /** Let the program answer requests: its {@code handle} is called for each. */
    public LaunchRequest serving(RequestQueue queue) {
        return with(copy -> copy.requests = Optional.of(queue));
    }

    private LaunchRequest with(Consumer<Copy> change) {
        Copy copy = new Copy(this);
        change.accept(copy);
        return new LaunchRequest(
                owner,
                copy.source,
                input,
                model,
                budget,
                labels,
                seed,
                capture,
                copy.bid,
                copy.recordings,
                copy.permissions,
                copy.mcp,
                copy.profiled,
                copy.requests);
    }

    /** What a request may be asked for differently. */
    private static final class Copy {
        ProgramSource source;
        OptionalDouble bid;
        Optional<Path> recordings;
        Permissions permissions;
        Map<String, McpServer> mcp;
        boolean profiled;
        Optional<RequestQueue> requests;

        Copy(LaunchRequest of) {
            source = of.source;
            bid = of.bid;
            recordings = of.recordings;
            permissions = of.permissions;
            mcp = of.mcp;
            profiled = of.profiled;
            requests = of.requests;
        }
    }
}
