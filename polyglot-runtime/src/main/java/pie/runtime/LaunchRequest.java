package pie.runtime;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
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
    public LaunchRequest(
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
            Map<String, McpServer> mcp) {
        this(owner, source, input, model, budget, labels, seed, capture, bid, recordings, permissions, mcp, false);
    }

    public LaunchRequest(
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
            boolean profiled) {
        this(
                owner,
                source,
                input,
                model,
                budget,
                labels,
                seed,
                capture,
                bid,
                recordings,
                permissions,
                mcp,
                profiled,
                Optional.empty());
    }

    public LaunchRequest(
            OwnerId owner,
            ProgramSource source,
            String input,
            Optional<String> model,
            Budget budget,
            Map<String, String> labels,
            OptionalLong seed,
            boolean capture,
            OptionalDouble bid,
            Optional<Path> recordings) {
        this(
                owner,
                source,
                input,
                model,
                budget,
                labels,
                seed,
                capture,
                bid,
                recordings,
                Permissions.DEFAULT,
                Map.of());
    }

    public LaunchRequest(
            OwnerId owner,
            ProgramSource source,
            String input,
            Optional<String> model,
            Budget budget,
            Map<String, String> labels,
            OptionalLong seed,
            boolean capture) {
        this(owner, source, input, model, budget, labels, seed, capture, OptionalDouble.empty(), Optional.empty());
    }

    public LaunchRequest recordedIn(Path folder) {
        return new LaunchRequest(
                owner,
                source,
                input,
                model,
                budget,
                labels,
                seed,
                capture,
                bid,
                Optional.of(folder),
                permissions,
                mcp,
                profiled,
                requests);
    }

    public LaunchRequest bidding(OptionalDouble credits) {
        return new LaunchRequest(
                owner,
                source,
                input,
                model,
                budget,
                labels,
                seed,
                capture,
                credits,
                recordings,
                permissions,
                mcp,
                profiled,
                requests);
    }

    public LaunchRequest calling(Map<String, McpServer> servers) {
        return new LaunchRequest(
                owner,
                source,
                input,
                model,
                budget,
                labels,
                seed,
                capture,
                bid,
                recordings,
                permissions,
                Map.copyOf(servers),
                profiled,
                requests);
    }

    public LaunchRequest permitted(Permissions asked) {
        return new LaunchRequest(
                owner,
                source,
                input,
                model,
                budget,
                labels,
                seed,
                capture,
                bid,
                recordings,
                asked,
                mcp,
                profiled,
                requests);
    }

    /** Record its life from the beginning. */
    public LaunchRequest profiling() {
        return new LaunchRequest(
                owner,
                source,
                input,
                model,
                budget,
                labels,
                seed,
                capture,
                bid,
                recordings,
                permissions,
                mcp,
                true,
                requests);
    }

    /** Run another program. */
    public LaunchRequest running(ProgramSource program) {
        return new LaunchRequest(
                owner,
                program,
                input,
                model,
                budget,
                labels,
                seed,
                capture,
                bid,
                recordings,
                permissions,
                mcp,
                profiled,
                requests);
    }

    /** Let the program answer requests: its {@code handle} is called for each. */
    public LaunchRequest serving(RequestQueue queue) {
        return new LaunchRequest(
                owner,
                source,
                input,
                model,
                budget,
                labels,
                seed,
                capture,
                bid,
                recordings,
                permissions,
                mcp,
                profiled,
                Optional.of(queue));
    }

    public static LaunchRequest of(ProgramSource source, String input) {
        return new LaunchRequest(
                OwnerId.LOCAL, source, input, Optional.empty(), Budget.UNLIMITED, Map.of(), OptionalLong.empty(), true);
    }
}
