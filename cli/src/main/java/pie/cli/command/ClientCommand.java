package pie.cli.command;

import picocli.CommandLine.Mixin;
import pie.cli.EventPrinter;
import pie.cli.Terminal;
import pie.cli.client.PieClient;

/** Hold what every command has that talks to a server. */
abstract class ClientCommand extends PieCommand {
    @Mixin
    private ServerOptions server = new ServerOptions();

    protected final PieClient client() {
        return server.client();
    }

    protected final EventPrinter printer(boolean events) {
        EventPrinter.Mode mode =
                events ? EventPrinter.Mode.EVENTS : quiet ? EventPrinter.Mode.VALUE : EventPrinter.Mode.RELAY;
        return new EventPrinter(mode, out(), err(), Terminal.CURRENT.out());
    }
}
