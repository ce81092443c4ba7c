package pie.server;

import java.util.List;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.server.ws.Identity;

/** Answer on the WebSocket's path what comes without an upgrade, or whose upgrade was not admitted. */
final class WsRoutes {
    private final Service service;

    WsRoutes(Service service) {
        this.service = service;
    }

    List<Route> routes() {
        return List.of(Route.get("/v1/ws", this::refuse, "encoding"));
    }

    private void refuse(Exchange exchange) {
        service.launcher();
        service.streams().checkRoom();
        if (Identity.of(exchange.header(WsUpgrader.IDENTITY).orElse("")).isEmpty()) {
            throw new PieException(
                    ErrorCode.UNAUTHENTICATED, "x-pie-identity must be user or tenant/user, with a name for the user");
        }
        throw new PieException(
                ErrorCode.UPGRADE_REQUIRED, "this is a WebSocket: ask with Upgrade: websocket, version 13 and a key");
    }
}
