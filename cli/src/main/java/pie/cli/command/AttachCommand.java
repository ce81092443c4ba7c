package pie.cli.command;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jline.utils.Signals;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import pie.cli.EventPrinter;
import pie.cli.Terminal;
import pie.cli.client.EventFeed;
import pie.cli.client.PieClient;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/** Talk with a process: its events come out, lines go in as messages. */
@Command(
        name = "attach",
        description = {
            "Talk with a process: what it says comes out, lines typed go to it as messages.%n",
            "Ctrl-C asks whether to interrupt it, to detach or to go on; Ctrl-D detaches. Lines of a pipe are sent, then it is followed to its end.%n"
        },
        footer = {"", "Examples:", "  pie attach 3f2a", "  pie attach --since 0 3f2a < questions.txt"})
public final class AttachCommand extends ClientCommand {
    @Parameters(paramLabel = "ID", description = "Process, or the first four or more characters of its id.")
    private String id = "";

    @Option(names = "--since", paramLabel = "N", description = "Start after event N. Default: ${DEFAULT-VALUE}.")
    private long since;

    private final AtomicBoolean asking = new AtomicBoolean();

    @Override
    public Integer call() throws InterruptedException {
        PieClient client = client();
        EventPrinter printer = printer(false);
        if (Terminal.CURRENT.in()) {
            Signals.register("INT", this::ask);
        }
        Thread.ofPlatform().daemon().name("stdin").start(() -> relayLines(client));
        EventFeed.follow(client, id, since, true, printer);
        return printer.terminal().isEmpty() ? 0 : printer.exitCode();
    }

    private void ask() {
        if (asking.getAndSet(true)) {
            detach();
        }
        err().print("\n[i]nterrupt it, [d]etach, or [c]ontinue? ");
        err().flush();
    }

    private void detach() {
        err().println("\ndetached; pie attach " + id + " comes back");
        err().flush();
        Runtime.getRuntime().halt(0);
    }

    private void relayLines(PieClient client) {
        try {
            var reader = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (asking.getAndSet(false)) {
                    answer(client, line.strip());
                } else if (!send(client, line)) {
                    return;
                }
            }
        } catch (IOException e) {
            err().println("pie: stdin cannot be read: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (Terminal.CURRENT.in()) {
            detach();
        }
    }

    private void answer(PieClient client, String word) throws InterruptedException {
        switch (word.isEmpty() ? 'c' : Character.toLowerCase(word.charAt(0))) {
            case 'i' -> client.post("/v1/processes/" + id + "/signal", Map.of("signal", "interrupt"));
            case 'd' -> detach();
            default -> {}
        }
    }

    /** Send a line; false once the process takes none any more. */
    private boolean send(PieClient client, String line) throws InterruptedException {
        try {
            client.post("/v1/processes/" + id + "/messages", Map.of("message", line));
            return true;
        } catch (PieException e) {
            if (e.code() != ErrorCode.CONFLICT) {
                err().println("pie: " + e.message());
                err().flush();
            }
            return e.code() != ErrorCode.CONFLICT && e.code() != ErrorCode.NOT_FOUND;
        }
    }
}
