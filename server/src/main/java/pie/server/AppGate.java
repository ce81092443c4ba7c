package pie.server;

import io.helidon.http.HeaderNames;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.runtime.serve.Call;

/** Pass requests below {@code /apps/NAME/} to the program of that name: the connection's side of a {@link Call}. */
final class AppGate {
    static final String PREFIX = "/apps/";
    static final Route ROUTE = new Route("*", PREFIX + "{name}/{path...}", Set.of(), false, exchange -> {});

    private static final String ANONYMOUS = "anonymous";
    private static final Duration FIRST_BYTE = Duration.ofSeconds(60);
    private static final int PIECE = 64 << 10;
    private static final Set<String> HOP_BY_HOP = Set.of(
            "connection",
            "keep-alive",
            "proxy-authenticate",
            "proxy-authorization",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");
    private static final Set<String> KEPT_BACK = Set.of("authorization", "cookie", "api-key", "expect");
    private static final Set<String> NOT_ANSWERED = Set.of("set-cookie", "content-length", "content-security-policy");

    private final Service service;
    private final Exchange exchange;
    private final App app;
    private final Call call;
    private final InputStream body;
    private final int most;
    private boolean bodyRead;
    private long taken;
    private boolean watched;

    private AppGate(Service service, Exchange exchange, App app, String path, String user) {
        this.service = service;
        this.exchange = exchange;
        this.app = app;
        this.most = service.limits().appBody();
        this.body = exchange.bodyStream();
        this.bodyRead = !exchange.hasBody();
        this.call = new Call(exchange.method(), path, exchange.rawQuery(), headers(exchange, user));
    }

    /**
     * Pass a request on: one without the token only to an app that is open to everybody, and only so often from one address.
     *
     * @param rawPath path of the request, which begins with {@link #PREFIX}
     * @throws PieException UNAUTHENTICATED, RATE_LIMITED, NOT_FOUND
     */
    static void pass(Service service, Exchange exchange, String rawPath, FrontDoor door) throws InterruptedException {
        String rest = rawPath.substring(PREFIX.length());
        int slash = rest.indexOf('/');
        String name = slash < 0 ? rest : rest.substring(0, slash);
        boolean stranger = !door.tokenFits(exchange.header(HeaderNames.AUTHORIZATION));
        if (!service.apps().open(name)) {
            door.checkToken(exchange);
        } else if (stranger) {
            service.strangers().check(exchange.address(), System.nanoTime());
        }
        App app = service.apps().find(name);
        service.launcher();
        if (exchange.headerText("upgrade").isPresent()) {
            throw new PieException(
                    ErrorCode.UNSUPPORTED, "programs answer no WebSocket upgrades; use server-sent events");
        }
        String user = stranger ? ANONYMOUS : exchange.owner().value();
        new AppGate(service, exchange, app, slash < 0 ? "/" : rest.substring(slash), user).run();
    }

    private static List<String> headers(Exchange exchange, String user) {
        var headers = new ArrayList<String>();
        List<String> given = exchange.headers();
        for (int i = 0; i + 1 < given.size(); i += 2) {
            String name = given.get(i).toLowerCase(Locale.ROOT);
            if (!HOP_BY_HOP.contains(name) && !KEPT_BACK.contains(name) && !name.startsWith("x-pie-")) {
                headers.add(name);
                headers.add(given.get(i + 1));
            }
        }
        headers.addAll(List.of("x-pie-user", user, "x-request-id", exchange.requestId()));
        return headers;
    }

    private void run() throws InterruptedException {
        long until = System.nanoTime() + FIRST_BYTE.toNanos();
        try (App.Place place = app.put(call, FIRST_BYTE)) {
            exchange.header(Exchange.PROCESS_ID, place.process().id().toString());
            answer(until);
        } finally {
            if (!call.over().isDone()) {
                call.leave();
            }
        }
    }

    private void answer(long until) throws InterruptedException {
        while (true) {
            watch();
            Optional<Call.Step> step = call.next(Duration.ofNanos(Math.max(0, until - System.nanoTime())));
            if (step.isEmpty()) {
                app.failed();
                throw new PieException(
                        ErrorCode.TIMEOUT, "the program did not answer within " + FIRST_BYTE.toSeconds() + " s");
            }
            switch (step.get()) {
                case Call.Step.Read read -> read(read.piece());
                case Call.Step.Head head -> {
                    stream(head);
                    return;
                }
                case Call.Step.Left left -> throw new ClientGone();
                case Call.Step.Failed failed -> throw failure();
                case Call.Step.End end -> throw failure();
                case Call.Step.Write write -> throw failure();
            }
        }
    }

    /** The program's own words are for its log alone. */
    private PieException failure() {
        app.failed();
        return new PieException(
                ErrorCode.GUEST_ERROR, "the program failed to answer this request; its log says why", Map.of());
    }

    /** Look for the client to leave, once nothing more is read from it. */
    private void watch() {
        if (bodyRead && !watched) {
            watched = true;
            exchange.clientGone().thenRun(call::leave);
        }
    }

    private void read(CompletableFuture<Optional<byte[]>> piece) {
        try {
            piece.complete(piece());
        } catch (PieException e) {
            piece.completeExceptionally(e);
        } catch (IOException | RuntimeException e) {
            call.leave();
            throw new ClientGone(e);
        }
    }

    private Optional<byte[]> piece() throws IOException {
        if (bodyRead) {
            return Optional.empty();
        }
        byte[] buffer = new byte[PIECE];
        int n = body.read(buffer);
        if (n < 0) {
            bodyRead = true;
            return Optional.empty();
        }
        taken += n;
        if (taken > most) {
            throw new PieException(
                    ErrorCode.PAYLOAD_TOO_LARGE,
                    "the body of this request is larger than " + most + " bytes",
                    Map.of("limit", most));
        }
        return Optional.of(Arrays.copyOf(buffer, n));
    }

    /** Throw away what the program has not read, as the next request comes after it. */
    private void skipBody() {
        try {
            while (!bodyRead) {
                piece();
            }
        } catch (IOException | RuntimeException e) {
            call.leave();
            throw new ClientGone(e);
        }
    }

    private void stream(Call.Step.Head head) throws InterruptedException {
        skipBody();
        watch();
        boolean empty = exchange.method().equals("HEAD") || head.status() == 204 || head.status() == 304;
        OutputStream out = exchange.answer(head.status(), answered(head.headers()), !empty);
        if (!pump(out, empty)) {
            // not closed, so that the client sees that it is not whole
            throw new ClientGone();
        }
        try {
            out.close();
        } catch (IOException e) {
            throw new ClientGone(e);
        }
    }

    private static List<String> answered(List<String> given) {
        var headers = new ArrayList<String>();
        for (int i = 0; i + 1 < given.size(); i += 2) {
            String name = given.get(i).toLowerCase(Locale.ROOT);
            if (!HOP_BY_HOP.contains(name) && !NOT_ANSWERED.contains(name) && !name.startsWith("x-pie-")) {
                headers.add(given.get(i));
                headers.add(given.get(i + 1));
            }
        }
        headers.addAll(List.of("Content-Security-Policy", "sandbox allow-scripts allow-forms"));
        return headers;
    }

    /** Send pieces as they come; says whether the answer is whole. */
    private boolean pump(OutputStream out, boolean empty) throws InterruptedException {
        while (true) {
            Optional<Call.Step> step = call.next(service.limits().keepAlive());
            if (step.isEmpty()) {
                continue;
            }
            switch (step.get()) {
                case Call.Step.Write write -> {
                    if (!empty) {
                        send(out, write);
                    } else {
                        write.done().complete(true);
                    }
                }
                case Call.Step.End end -> {
                    return true;
                }
                case Call.Step.Read read -> read.piece().complete(Optional.empty());
                case Call.Step.Head again -> {
                    return false;
                }
                case Call.Step.Failed failed -> {
                    app.failed();
                    return false;
                }
                case Call.Step.Left left -> {
                    return false;
                }
            }
        }
    }

    private void send(OutputStream out, Call.Step.Write write) {
        try {
            exchange.write(() -> Exchange.flushed(out, write.piece()));
            write.done().complete(true);
        } catch (RuntimeException e) {
            call.leave();
            throw new ClientGone(e);
        }
    }
}
