package pie.server;

import io.helidon.webserver.CloseConnectionException;

/** Leave a handler whose client has left: nothing can be answered any more. */
final class ClientGone extends CloseConnectionException {
    ClientGone() {
        super("client has left");
    }

    ClientGone(Throwable cause) {
        super("client has left", cause);
    }
}
