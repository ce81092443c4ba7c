package pie.cli.command;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import pie.cli.client.PieClient;
import pie.engine.PieException;

/** Stop apps. */
@Command(
        name = "stop",
        description = "Stop programs that answer HTTP requests; requests that are there are answered first.%n",
        footer = {"", "Examples:", "  pie app stop web"})
public final class AppStopCommand extends ClientCommand {
    @Parameters(arity = "1..*", paramLabel = "APP", description = "Names of apps.")
    private List<String> apps = new ArrayList<>();

    @Override
    public Integer call() throws InterruptedException {
        PieClient client = client();
        int worst = 0;
        for (String app : apps) {
            try {
                client.delete(AppPaths.one(app));
                if (!quiet) {
                    out().println("stopped " + app);
                }
            } catch (PieException e) {
                err().println("pie: " + app + ": " + e.message());
                worst = Math.max(worst, e.code().exitCode());
            }
        }
        return worst;
    }
}
