package pie.runtime.web;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.inferlet.Host;
import pie.runtime.NetworkRule;

/** Ask other hosts for one process, within its permission and limits; what is open ends with it. */
public final class ProcessWeb implements Host.Web, AutoCloseable {
    private final Supplier<WebClient> client;
    private final NetworkRule permitted;
    private final NetworkRule allowed;
    private final WebLimits limits;
    private final Set<Exchange> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /**
     * @param permitted what the program asked for
     * @param allowed what the operator allows at most
     */
    public ProcessWeb(Supplier<WebClient> client, NetworkRule permitted, NetworkRule allowed, WebLimits limits) {
        this.client = client;
        this.permitted = permitted;
        this.allowed = allowed;
        this.limits = limits;
    }

    @Override
    public CompletableFuture<Host.WebResponse> send(Host.WebRequest request) {
        Destination to = Destination.of(request.url());
        check(to);
        int size = request.body().map(b -> b.length).orElse(0);
        if (size > limits.requestBytes()) {
            throw new PieException(
                    ErrorCode.PAYLOAD_TOO_LARGE,
                    "the request's body has " + size + " bytes, more than " + limits.requestBytes(),
                    Map.of("limit", limits.requestBytes(), "size", size));
        }
        if (open.size() >= limits.open()) {
            throw new PieException(
                    ErrorCode.BUDGET_EXHAUSTED,
                    "the process has " + open.size() + " HTTP requests open, the most it may have: read or close some",
                    Map.of("budget", "http", "scope", "process", "limit", limits.open(), "used", open.size()));
        }
        var exchange = new Exchange(client.get(), request, to, this::check, limits, open::remove);
        open.add(exchange);
        if (closed) {
            exchange.close();
        }
        return exchange.start();
    }

    private void check(Destination to) {
        if (!permitted.allows(to.host(), to.port()) || !allowed.allows(to.host(), to.port())) {
            throw new PieException(
                    ErrorCode.PERMISSION_DENIED,
                    permitted.equals(NetworkRule.NONE)
                            ? "this program has no network permission, so it cannot ask " + to.host()
                            : "this program may not ask " + to.host() + ":" + to.port()
                                    + ": its network permission does not name it",
                    Map.of("host", to.host()));
        }
    }

    @Override
    public void close() {
        closed = true;
        List.copyOf(new ArrayList<>(open)).forEach(Exchange::close);
    }
}
