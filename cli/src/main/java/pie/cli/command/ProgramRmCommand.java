package pie.cli.command;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import pie.cli.client.PieClient;
import pie.engine.PieException;

/** Remove stored programs. */
@Command(
        name = "rm",
        description = "Remove programs from a running server; processes that run them go on.%n",
        footer = {"", "Examples:", "  pie program rm hello@1.0.0", "  pie program rm hello@1.0.0 hello@1.1.0"})
public final class ProgramRmCommand extends ClientCommand {
    @Parameters(arity = "1..*", paramLabel = "NAME@VERSION", description = "Exact versions of programs.")
    private List<String> programs = new ArrayList<>();

    @Override
    public Integer call() throws InterruptedException {
        PieClient client = client();
        int worst = 0;
        for (String program : programs) {
            try {
                client.delete(ProgramPaths.exact(program));
                if (!quiet) {
                    out().println("removed " + program);
                }
            } catch (PieException e) {
                err().println("pie: " + program + ": " + e.message());
                worst = Math.max(worst, e.code().exitCode());
            }
        }
        return worst;
    }
}
