package pie.cli.command;

import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import pie.cli.Interrupts;
import pie.cli.client.PieClient;
import pie.cli.monitor.Monitor;
import pie.cli.monitor.PlainFeed;
import pie.cli.tui.Screen;

/** Watch a running server. */
@Command(
        name = "top",
        description = {
            "Watch a running server: its batches, pages and programs, and where their time goes.%n",
            "q leaves it and the server goes on. In a pipe it prints one line a second.%n"
        },
        footer = {"", "Examples:", "  pie top", "  pie top --once", "  pie top --json | jq .requests"})
public final class TopCommand extends ClientCommand {
    @Option(names = "--once", description = "Print one line and exit.")
    private boolean once;

    @Option(names = "--json", description = "Print each snapshot as one line of JSON.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        PieClient client = client();
        if (once) {
            PlainFeed.once(client, out(), json);
            return 0;
        }
        client.get("/v1/info"); // no server is told before the screen is taken
        var signal = new AtomicInteger();
        if (json || !Screens.drawable()) {
            Interrupts.handle(signal::set);
            PlainFeed.run(client, out(), json, () -> signal.get() != 0);
        } else {
            Screen screen = Screen.open();
            Interrupts.handle(code -> {
                signal.set(code);
                screen.restore();
            });
            Monitor.run(screen, client, Screens.theme(color()), false, () -> signal.get() != 0);
        }
        return signal.get();
    }
}
