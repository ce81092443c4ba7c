package pie.runtime.web;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.inferlet.Host;

/** Send one request, follow its redirects, and hand out the body of the answer piece by piece. */
final class Exchange implements Host.WebResponse {
    private static final int PIECE = 64 << 10;
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

    /** Headers that the client sets itself, or that would change how a message is framed. */
    private static final Set<String> OWN = Set.of(
            "host",
            "content-length",
            "transfer-encoding",
            "connection",
            "keep-alive",
            "upgrade",
            "te",
            "trailer",
            "proxy-authorization",
            "proxy-connection");

    private static final Set<String> OF_THE_ORIGIN = Set.of("authorization", "cookie");
    private static final Executor READERS =
            task -> Thread.ofVirtual().name("pie-http").start(task);

    private final WebClient client;
    private final Host.WebRequest request;
    private final Consumer<Destination> check;
    private final WebLimits limits;
    private final Consumer<Exchange> onEnd;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final CompletableFuture<@Nullable Void> deadline = new CompletableFuture<>();
    private final Destination first;
    private volatile Destination to;
    private volatile @Nullable HttpUriRequestBase underway;
    private volatile @Nullable ClassicHttpResponse answer;
    private volatile boolean tooLate;
    private @Nullable InputStream body;
    private long read;

    Exchange(
            WebClient client,
            Host.WebRequest request,
            Destination to,
            Consumer<Destination> check,
            WebLimits limits,
            Consumer<Exchange> onEnd) {
        this.client = client;
        this.request = request;
        this.first = to;
        this.to = to;
        this.check = check;
        this.limits = limits;
        this.onEnd = onEnd;
    }

    CompletableFuture<Host.WebResponse> start() {
        var unused = deadline.orTimeout(limits.total().toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((done, late) -> {
                    tooLate = late != null && !ended.get();
                    close();
                });
        return working(() -> {
            follow();
            return this;
        });
    }

    /** Do work that blocks on a thread of its own; to cancel the future ends the exchange. */
    private <T> CompletableFuture<T> working(Work<T> work) {
        var result = new CompletableFuture<T>();
        var unused = result.whenComplete((value, error) -> {
            if (result.isCancelled()) {
                close();
            }
        });
        READERS.execute(() -> {
            try {
                T value = work.run();
                if (!result.complete(value)) {
                    close();
                }
            } catch (IOException | RuntimeException e) {
                close();
                result.completeExceptionally(failure(e));
            }
        });
        return result;
    }

    @FunctionalInterface
    private interface Work<T> {
        T run() throws IOException;
    }

    private PieException failure(Exception e) {
        if (tooLate) {
            return new PieException(
                    ErrorCode.TIMEOUT,
                    "the exchange with " + to.host() + " took more than "
                            + limits.total().toSeconds() + " s",
                    Map.of("peer", to.host()),
                    e);
        }
        if (e instanceof PieException known) {
            return known;
        }
        String what = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return new PieException(ErrorCode.UPSTREAM_FAILURE, to.host() + ": " + what, Map.of("peer", to.host()), e);
    }

    private void follow() throws IOException {
        String method = request.method().toUpperCase(Locale.ROOT);
        Optional<byte[]> content = request.body();
        int hops = 0;
        while (true) {
            client.check(to);
            ClassicHttpResponse got = ask(method, content);
            @Nullable Header location = got.getFirstHeader("location");
            if (!REDIRECTS.contains(got.getCode()) || location == null || request.redirects() < 0) {
                HttpEntity entity = got.getEntity();
                body = entity == null ? null : entity.getContent();
                return;
            }
            got.close();
            if (++hops > request.redirects()) {
                throw new PieException(
                        ErrorCode.UPSTREAM_FAILURE,
                        to.host() + " redirects once more after " + request.redirects() + " redirects",
                        Map.of("peer", to.host(), "status", got.getCode()));
            }
            boolean plain = got.getCode() == 303 && !method.equals("HEAD")
                    || (got.getCode() == 301 || got.getCode() == 302) && method.equals("POST");
            method = plain ? "GET" : method;
            content = plain ? Optional.empty() : content;
            Destination next = to.resolve(location.getValue());
            check.accept(next);
            to = next;
        }
    }

    private ClassicHttpResponse ask(String method, Optional<byte[]> content) throws IOException {
        var message = new HttpUriRequestBase(method, to.uri());
        List<String> headers = request.headers();
        for (int i = 0; i + 1 < headers.size(); i += 2) {
            String name = headers.get(i).toLowerCase(Locale.ROOT);
            boolean kept = content.isPresent() || !name.equals("content-type");
            if (kept && !OWN.contains(name) && (to.sameOrigin(first) || !OF_THE_ORIGIN.contains(name))) {
                message.addHeader(headers.get(i), headers.get(i + 1));
            }
        }
        content.ifPresent(bytes -> message.setEntity(new ByteArrayEntity(bytes, null)));
        underway = message;
        if (ended.get()) {
            throw new IOException("the request was given up");
        }
        ClassicHttpResponse got = client.open(message);
        answer = got;
        return got;
    }

    private ClassicHttpResponse got() {
        ClassicHttpResponse got = answer;
        if (got == null) {
            throw new IllegalStateException("there is no answer yet");
        }
        return got;
    }

    @Override
    public int status() {
        return got().getCode();
    }

    @Override
    public String url() {
        return to.uri().toString();
    }

    @Override
    public boolean redirected() {
        return to != first;
    }

    @Override
    public List<String> headers() {
        var all = new ArrayList<String>();
        for (Header header : got().getHeaders()) {
            all.add(header.getName().toLowerCase(Locale.ROOT));
            all.add(header.getValue() == null ? "" : header.getValue());
        }
        return List.copyOf(all);
    }

    @Override
    public CompletableFuture<Optional<byte[]>> next() {
        return working(this::piece);
    }

    private synchronized Optional<byte[]> piece() throws IOException {
        if (body == null || ended.get() && !tooLate) {
            close();
            return Optional.empty();
        }
        byte[] piece = new byte[PIECE];
        int n = body.read(piece);
        if (n < 0) {
            body = null;
            close();
            return Optional.empty();
        }
        read += n;
        if (read > limits.responseBytes()) {
            throw new PieException(
                    ErrorCode.PAYLOAD_TOO_LARGE,
                    "the answer of " + to.host() + " has more than " + limits.responseBytes() + " bytes",
                    Map.of("limit", limits.responseBytes(), "size", read));
        }
        return Optional.of(java.util.Arrays.copyOf(piece, n));
    }

    @Override
    public CompletableFuture<byte[]> rest() {
        return working(() -> {
            var all = new ByteArrayOutputStream();
            for (Optional<byte[]> piece = piece(); piece.isPresent(); piece = piece()) {
                all.writeBytes(piece.get());
            }
            return all.toByteArray();
        });
    }

    @Override
    public void close() {
        if (!ended.compareAndSet(false, true)) {
            return;
        }
        deadline.complete(null);
        onEnd.accept(this);
        HttpUriRequestBase message = underway;
        if (message != null) {
            message.cancel();
        }
        ClassicHttpResponse got = answer;
        if (got != null) {
            try {
                got.close();
            } catch (IOException | RuntimeException alreadyGone) {
                // The connection was cut, which is what closing is for.
                return;
            }
        }
    }
}
