package pie.cli.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import pie.cli.client.PieClient;
import pie.engine.PieException;
import tools.jackson.databind.JsonNode;

/** End processes. */
@Command(
        name = "kill",
        description = "Interrupt processes; what does not end within the server's grace is killed.%n",
        footer = {"", "Examples:", "  pie kill 3f2a", "  pie kill --now 3f2a 81c0", "  pie kill --all -y"})
public final class KillCommand extends ClientCommand {
    @Parameters(
            arity = "0..*",
            paramLabel = "ID",
            description = "Processes, or the first four or more characters of their ids.")
    private List<String> ids = new ArrayList<>();

    @Option(names = "--now", description = "Kill at once, without asking the program.")
    private boolean now;

    @Option(names = "--all", description = "All processes that run; needs -y.")
    private boolean all;

    @Option(names = "-y", description = "Yes, all of them.")
    private boolean yes;

    @Override
    public Integer call() throws InterruptedException {
        if (ids.isEmpty() == !all) {
            throw PieException.invalid(all ? "--all takes no ID" : "name a process ID, or --all");
        }
        if (all && !yes) {
            throw PieException.invalid("--all ends every process: say -y too");
        }
        PieClient client = client();
        if (all) {
            for (JsonNode process : client.get("/v1/processes?limit=1000").path("items")) {
                if (!Processes.ended(process)) {
                    ids.add(process.path("id").asString());
                }
            }
        }
        int worst = 0;
        for (String id : ids) {
            try {
                end(client, id);
            } catch (PieException e) {
                err().println("pie: " + id + ": " + e.message());
                worst = Math.max(worst, e.code().exitCode());
            }
        }
        return worst;
    }

    private void end(PieClient client, String id) throws InterruptedException {
        if (now) {
            client.post("/v1/processes/" + id + "/signal", Map.of("signal", "kill"));
        } else {
            client.delete("/v1/processes/" + id);
        }
    }
}
