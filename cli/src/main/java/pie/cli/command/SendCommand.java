package pie.cli.command;

import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Send one message. */
@Command(
        name = "send",
        description = "Send a message to a process; it arrives at session.receive.%n",
        footer = {"", "Examples:", "  pie send 3f2a 'And in winter?'", "  pie send 3f2a \"$(cat notes.txt)\""})
public final class SendCommand extends ClientCommand {
    @Parameters(
            index = "0",
            paramLabel = "ID",
            description = "Process, or the first four or more characters of its id.")
    private String id = "";

    @Parameters(index = "1", paramLabel = "TEXT", description = "Message, as it stands.")
    private String text = "";

    @Override
    public Integer call() throws InterruptedException {
        client().post("/v1/processes/" + id + "/messages", Map.of("message", text));
        return 0;
    }
}
