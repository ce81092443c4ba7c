package pie.cli.command;

import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import pie.cli.Json;
import pie.cli.Spans;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import tools.jackson.databind.JsonNode;

/** Print what a process returned. */
@Command(
        name = "result",
        description = "Print the value that a process returned, waiting for its end if asked to.%n",
        footer = {"", "Examples:", "  pie result 3f2a", "  pie result --wait 60s 3f2a", "  pie result --json 3f2a"})
public final class ResultCommand extends ClientCommand {
    @Parameters(paramLabel = "ID", description = "Process, or the first four or more characters of its id.")
    private String id = "";

    @Option(
            names = "--wait",
            paramLabel = "SPAN",
            converter = Spans.class,
            description = "Wait at most this long for its end; at most 300s.")
    private Duration wait = Duration.ZERO;

    @Option(names = "--json", description = "Print the whole result object.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        JsonNode result = client().get("/v1/processes/" + id + "/result?wait=" + wait.toMillis() + "ms");
        if (json) {
            out().println(Json.pretty(result));
        }
        if (!Processes.ended(result)) {
            throw new PieException(
                    ErrorCode.TIMEOUT,
                    "process " + id + " is still " + result.path("state").asString("running"));
        }
        String value = result.path("value").asString("");
        if (!json && !value.isEmpty()) {
            out().println(value);
        }
        JsonNode error = result.path("error");
        if (error.isObject()) {
            err().println("pie: " + error.path("message").asString(""));
            return 1;
        }
        return 0;
    }
}
