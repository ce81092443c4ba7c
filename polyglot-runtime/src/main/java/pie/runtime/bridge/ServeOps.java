package pie.runtime.bridge;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import pie.inferlet.Host;
import pie.runtime.serve.RequestQueue;

/** Serve {@code handle(request)}. */
final class ServeOps {
    private final Bridge bridge;

    ServeOps(Bridge bridge) {
        this.bridge = bridge;
    }

    void register() {
        bridge.<Optional<Host.Incoming>>start(
                "request_next",
                "host",
                a -> {
                    bridge.host().checkLive();
                    return requests().next();
                },
                taken -> taken.<Object>map(request -> request).orElseGet(bridge.dialect()::absent),
                taken -> taken.ifPresent(requests()::giveBack));
        bridge.call("request_info", a -> {
            Host.Incoming request = request(a);
            var all = new ArrayList<Object>(List.of(request.method(), request.path(), request.query()));
            all.addAll(request.headers());
            return bridge.dialect().list(all);
        });
        bridge.start(
                "request_piece",
                "host",
                a -> request(a).next(),
                piece -> piece.map(bridge.dialect()::bytes).orElseGet(bridge.dialect()::absent));
        bridge.start("request_rest", "host", a -> request(a).rest(), bridge.dialect()::bytes);
        bridge.start("request_gone", "host", a -> request(a).gone(), gone -> gone);
        bridge.run("request_begin", a -> request(a).begin(a.integer(1, "status"), WebOps.headers(a)));
        bridge.start("request_write", "output", a -> request(a).write(a.blob(1, "body")), done -> done);
        bridge.run("request_end", a -> request(a).end());
        bridge.run("request_fail", a -> request(a).fail());
    }

    private Host.Requests requests() {
        return bridge.host().requests().orElseThrow(RequestQueue::notServed);
    }

    private static Host.Incoming request(Args a) {
        return a.handle(0, Host.Incoming.class);
    }
}
