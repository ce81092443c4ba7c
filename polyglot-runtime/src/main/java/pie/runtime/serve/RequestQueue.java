package pie.runtime.serve;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.inferlet.Host;

/** Hand calls to one process in order, each once. How many may be under way is for whoever puts them in. */
public final class RequestQueue implements Host.Requests {
    private final ArrayDeque<Call> waiting = new ArrayDeque<>();
    private final ArrayDeque<CompletableFuture<Optional<Host.Incoming>>> takers = new ArrayDeque<>();
    private final Set<Call> open = ConcurrentHashMap.newKeySet();
    private final CompletableFuture<Boolean> ready = new CompletableFuture<>();
    private boolean closed;

    /** Complete when the program has been loaded and takes requests. */
    public CompletableFuture<Boolean> ready() {
        return ready;
    }

    /** @throws PieException NOT_READY once closed */
    public void put(Call call) {
        if (!offer(call)) {
            throw new PieException(ErrorCode.NOT_READY, "the program takes no more requests");
        }
    }

    /** Hand over a call; says no once closed. */
    public synchronized boolean offer(Call call) {
        if (closed) {
            return false;
        }
        open.add(call);
        var unused = call.over().whenComplete((done, error) -> open.remove(call));
        waiting.add(call);
        match();
        return true;
    }

    /** Return how many calls wait or are being answered. */
    public int open() {
        return open.size();
    }

    /** Take no more: the program ends when it has answered what is there. */
    public synchronized void close() {
        closed = true;
        match();
    }

    /** End all calls, as the process has ended. */
    public void abandon() {
        close();
        List.copyOf(open).forEach(Call::abandon);
    }

    @Override
    public synchronized CompletableFuture<Optional<Host.Incoming>> next() {
        ready.complete(true);
        var taker = new CompletableFuture<Optional<Host.Incoming>>();
        takers.add(taker);
        match();
        return taker;
    }

    @Override
    public synchronized void giveBack(Host.Incoming request) {
        if (request instanceof Call call) {
            waiting.addFirst(call);
            match();
        }
    }

    private void match() {
        while (!waiting.isEmpty() || closed) {
            @Nullable CompletableFuture<Optional<Host.Incoming>> taker = takers.poll();
            if (taker == null) {
                return;
            }
            if (taker.complete(Optional.ofNullable(waiting.peek()))) {
                waiting.poll();
            }
        }
    }

    /** Refuse to launch a program of this kind as any other. */
    public static PieException notServed() {
        return new PieException(
                ErrorCode.INVALID_ARGUMENT,
                "this program answers HTTP requests: start it with PUT /v1/apps/NAME or pie app start NAME",
                Map.of("kind", "app"));
    }
}
