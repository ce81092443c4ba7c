package pie.inferlet;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Answer HTTP requests with a Java program's {@code handle}, each on a thread of its own. For the runtime; programs never see it. */
public final class Serving {
    private static final long STACK_BYTES = 4L << 20;

    private final Host host;
    private final Handler handler;
    private final Consumer<Throwable> report;
    private final Consumer<Runnable> turns;
    private final Set<CompletableFuture<Boolean>> open = ConcurrentHashMap.newKeySet();

    /** What a program does with a request: it returns a {@link Response}, or what one is made of. */
    @FunctionalInterface
    public interface Handler {
        @Nullable
        Object handle(Request request) throws Throwable;
    }

    private Serving(Host host, Handler handler, Consumer<Throwable> report, Consumer<Runnable> turns) {
        this.turns = turns;
        this.host = host;
        this.handler = handler;
        this.report = report;
    }

    /**
     * Take requests until no more come, and let those that are there be answered.
     *
     * @param report is given what a handler throws
     * @param turns runs code of the program, that of one request at a time; the host's waits let others have their turn
     */
    public static void serve(
            Host host, Host.Requests requests, Handler handler, Consumer<Throwable> report, Consumer<Runnable> turns) {
        new Serving(host, handler, report, turns).run(requests);
    }

    private void run(Host.Requests requests) {
        while (true) {
            var next = host.await(requests.next(), "host");
            if (next.isEmpty()) {
                break;
            }
            begin(next.get());
        }
        host.await(CompletableFuture.allOf(open.toArray(CompletableFuture<?>[]::new)), "host");
    }

    private void begin(Host.Incoming incoming) {
        var done = new CompletableFuture<Boolean>();
        open.add(done);
        Thread thread = Thread.ofPlatform()
                .name("pie-guest-" + host.id() + "-request")
                .daemon()
                .stackSize(STACK_BYTES)
                .unstarted(() -> {
                    Host.bind(host);
                    try {
                        turns.accept(() -> answer(incoming));
                    } finally {
                        open.remove(done);
                        done.complete(true);
                    }
                });
        CompletableFuture<Boolean> gone = incoming.gone();
        var unused = gone.thenRun(thread::interrupt);
        thread.start();
    }

    private void answer(Host.Incoming incoming) {
        try {
            Object value = handler.handle(new Request(host, incoming));
            Response response = value instanceof Response made ? made : Response.of(value);
            incoming.begin(response.status(), response.flatHeaders());
            for (var chunk = response.next(); chunk.isPresent(); chunk = response.next()) {
                host.await(incoming.write(chunk.get()), "output");
            }
            incoming.end();
        } catch (Throwable e) {
            incoming.fail();
            if (!incoming.gone().isDone()) {
                report.accept(e);
            }
        }
    }
}
