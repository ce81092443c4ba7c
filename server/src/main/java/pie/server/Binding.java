package pie.server;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Map;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/** Decide whether and where a server may bind, and say plainly why not. */
final class Binding {
    private Binding() {}

    /**
     * Check host, port and the rule that nothing listens beyond this machine without a token.
     *
     * @throws PieException INVALID_ARGUMENT, or CONFLICT for a port in use
     */
    static InetSocketAddress check(ServerConfig config) {
        if (config.port() < 0 || config.port() > 65535) {
            throw PieException.invalid("port must be from 0 to 65535, got " + config.port());
        }
        InetAddress address = address(config.host());
        switch (config.auth()) {
            case "auto", "on", "off" -> {}
            default -> throw PieException.invalid("auth must be auto, on or off, got \"" + config.auth() + "\"");
        }
        if (config.auth().equals("off") && !address.isLoopbackAddress() && !config.allowInsecureBind()) {
            throw PieException.invalid("binding to " + config.host()
                    + " with auth off would let anyone on the network run programs here; leave auth on, bind to 127.0.0.1,"
                    + " or say allowInsecureBind if the network is closed");
        }
        var socket = new InetSocketAddress(address, config.port());
        try (var probe = new ServerSocket()) {
            probe.bind(socket);
        } catch (BindException e) {
            String said = String.valueOf(e.getMessage());
            if (said.contains("in use")) {
                throw inUse(config);
            }
            throw new PieException(
                    ErrorCode.INVALID_ARGUMENT,
                    "cannot bind to " + config.host() + ":" + config.port() + ": " + said,
                    Map.of("host", config.host(), "port", config.port()),
                    e);
        } catch (IOException e) {
            throw new PieException(
                    ErrorCode.INVALID_ARGUMENT,
                    "cannot bind to " + config.host() + ":" + config.port() + ": " + e.getMessage(),
                    Map.of("host", config.host(), "port", config.port()),
                    e);
        }
        return socket;
    }

    private static InetAddress address(String host) {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new PieException(
                    ErrorCode.INVALID_ARGUMENT, "host \"" + host + "\" has no address on this machine", Map.of(), e);
        }
    }

    static boolean tokenNeeded(ServerConfig config) {
        return switch (config.auth()) {
            case "on" -> true;
            case "off" -> false;
            default -> !address(config.host()).isLoopbackAddress();
        };
    }

    static PieException inUse(ServerConfig config) {
        return new PieException(
                ErrorCode.CONFLICT,
                "port " + config.port() + " is in use on " + config.host()
                        + "; try --port 0 for any free one, or stop the program that holds it",
                Map.of("reason", "busy", "port", config.port()));
    }

    /** Return the address for clients on this machine. */
    static URI uri(ServerConfig config, int port) {
        InetAddress address = address(config.host());
        String host = address.isAnyLocalAddress() ? "127.0.0.1" : config.host();
        return URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port);
    }
}
