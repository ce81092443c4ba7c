package pie.cli.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import pie.cli.EventPrinter;
import pie.cli.client.EventFeed;
import pie.cli.client.PieClient;

/** Print what a process said. */
@Command(
        name = "logs",
        description = "Print what a process has said.%n",
        footer = {"", "Examples:", "  pie logs 3f2a", "  pie logs -f 3f2a", "  pie logs --events --since 17 3f2a"})
public final class LogsCommand extends ClientCommand {
    @Parameters(paramLabel = "ID", description = "Process, or the first four or more characters of its id.")
    private String id = "";

    @Option(
            names = {"-f", "--follow"},
            description = "Go on until it ends; exits with its code.")
    private boolean follow;

    @Option(names = "--since", paramLabel = "N", description = "Start after event N. Default: ${DEFAULT-VALUE}.")
    private long since;

    @Option(names = "--events", description = "Print each event as one line of JSON.")
    private boolean events;

    @Override
    public Integer call() throws InterruptedException {
        PieClient client = client();
        EventPrinter printer = printer(events);
        if (!follow) {
            EventFeed.held(client, id, since, printer);
            return 0;
        }
        EventFeed.follow(client, id, since, false, printer);
        return printer.terminal().isEmpty() ? 0 : printer.exitCode();
    }
}
