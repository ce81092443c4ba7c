package pie.cli.command;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import pie.cli.client.PieClient;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import tools.jackson.databind.JsonNode;

/** Remove snapshots. */
@Command(
        name = "rm",
        description = "Remove snapshots of a running server; programs that have one open keep what they have.%n",
        footer = {"", "Examples:", "  pie snapshot rm talk/anna", "  pie snapshot rm --all talk/"})
public final class SnapshotRmCommand extends ClientCommand {
    @Parameters(
            arity = "1..*",
            paramLabel = "NAME",
            description = "Names of snapshots; with --all, what they begin with.")
    private List<String> names = new ArrayList<>();

    @Option(names = "--model", paramLabel = "NAME", description = "Model they are of. Default: whichever has them.")
    private @Nullable String model;

    @Option(names = "--all", description = "All whose names begin with NAME.")
    private boolean all;

    @Override
    public Integer call() throws InterruptedException {
        PieClient client = client();
        int worst = 0;
        for (String name : names) {
            try {
                remove(client, name);
            } catch (PieException e) {
                err().println("pie: " + name + ": " + e.message());
                worst = Math.max(worst, e.code().exitCode());
            }
        }
        return worst;
    }

    private void remove(PieClient client, String name) throws InterruptedException {
        int removed = 0;
        for (JsonNode found : client.get(SnapshotPaths.list(model, name)).path("items")) {
            if (all || found.path("name").asString().equals(name)) {
                client.delete(SnapshotPaths.one(
                        found.path("model").asString(), found.path("name").asString()));
                removed++;
            }
        }
        if (removed == 0) {
            throw new PieException(
                    ErrorCode.NOT_FOUND, "there is no such snapshot; pie snapshot list shows those there are");
        }
        if (!quiet) {
            out().println("removed " + (all ? removed + " snapshots " + name + "*" : name));
        }
    }
}
