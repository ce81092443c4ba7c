package pie.runtime.serve;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.inferlet.Host;

/**
 * One HTTP request to a program. The program's side asks for pieces of the body and writes the answer; the connection's side takes
 * these {@linkplain Step steps} and does them. A piece that is asked for, or written, is under way until its step is done, which holds
 * a program back whose client is slow.
 */
public final class Call implements Host.Incoming {
    /** What the connection is to do next. */
    public sealed interface Step {
        /** Read a piece of the body, empty at its end. */
        record Read(CompletableFuture<Optional<byte[]>> piece) implements Step {}

        /** Send status and headers, names and values in turn. */
        record Head(int status, List<String> headers) implements Step {}

        /** Send a piece of the answer's body. */
        record Write(byte[] piece, CompletableFuture<Boolean> done) implements Step {}

        /** The answer is whole. */
        record End() implements Step {}

        /** The program failed, before or within its answer. */
        record Failed() implements Step {}

        /** The client has left. */
        record Left() implements Step {}
    }

    private final String method;
    private final String path;
    private final String query;
    private final List<String> headers;
    private final LinkedBlockingQueue<Step> steps = new LinkedBlockingQueue<>();
    private final Set<CompletableFuture<?>> open = java.util.concurrent.ConcurrentHashMap.newKeySet();
    private final CompletableFuture<Boolean> gone = new CompletableFuture<>();
    private final CompletableFuture<Boolean> over = new CompletableFuture<>();
    private boolean begun;

    /**
     * @param path what comes after the program's own address, with a slash in front
     * @param query as it was sent, without the question mark
     * @param headers names in lower case and values, in turn
     */
    public Call(String method, String path, String query, List<String> headers) {
        this.method = method;
        this.path = path;
        this.query = query;
        this.headers = List.copyOf(headers);
    }

    // ---- the connection's side

    /** Take the next step, empty if there is none for so long. */
    public Optional<Step> next(Duration atMost) throws InterruptedException {
        return Optional.ofNullable(steps.poll(atMost.toNanos(), TimeUnit.NANOSECONDS));
    }

    /** Say that the client has left: what is under way fails, and the program's handler is cancelled. */
    public void leave() {
        gone.complete(true);
        close(new Step.Left());
    }

    /** Complete when nothing more will come of this call. */
    public CompletableFuture<Boolean> over() {
        return over;
    }

    // ---- the process's side

    /** End the call, as its process has ended. */
    void abandon() {
        close(new Step.Failed());
    }

    private synchronized void close(Step last) {
        if (over.complete(true)) {
            steps.add(last);
        }
        for (CompletableFuture<?> each : List.copyOf(open)) {
            each.completeExceptionally(new PieException(ErrorCode.CANCELLED, "the client of this request has left"));
        }
    }

    @Override
    public String method() {
        return method;
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public String query() {
        return query;
    }

    @Override
    public List<String> headers() {
        return headers;
    }

    @Override
    public CompletableFuture<Optional<byte[]>> next() {
        return underway(new CompletableFuture<>(), Step.Read::new);
    }

    @Override
    public CompletableFuture<byte[]> rest() {
        return rest(new ArrayList<>());
    }

    private CompletableFuture<byte[]> rest(List<byte[]> pieces) {
        return next().thenCompose(piece -> {
            if (piece.isPresent()) {
                pieces.add(piece.get());
                return rest(pieces);
            }
            var all = new java.io.ByteArrayOutputStream();
            pieces.forEach(all::writeBytes);
            return CompletableFuture.completedFuture(all.toByteArray());
        });
    }

    @Override
    public CompletableFuture<Boolean> gone() {
        return gone.copy();
    }

    @Override
    public synchronized void begin(int status, List<String> answerHeaders) {
        if (begun) {
            throw PieException.invalid("this request has been answered already");
        }
        if (status < 200 || status > 599) {
            throw PieException.invalid("the status of an answer must be in 200..599, got " + status);
        }
        begun = true;
        if (!over.isDone()) {
            steps.add(new Step.Head(status, List.copyOf(answerHeaders)));
        }
    }

    @Override
    public CompletableFuture<Boolean> write(byte[] piece) {
        return underway(new CompletableFuture<>(), done -> new Step.Write(piece, done));
    }

    @Override
    public void end() {
        close(new Step.End());
    }

    @Override
    public void fail() {
        close(new Step.Failed());
    }

    private synchronized <T> CompletableFuture<T> underway(
            CompletableFuture<T> result, java.util.function.Function<CompletableFuture<T>, Step> step) {
        if (over.isDone()) {
            result.completeExceptionally(
                    gone.isDone()
                            ? new PieException(ErrorCode.CANCELLED, "the client of this request has left")
                            : PieException.invalid("this request has been answered already"));
            return result;
        }
        open.add(result);
        var unused = result.whenComplete((value, error) -> open.remove(result));
        steps.add(step.apply(result));
        return result;
    }
}
