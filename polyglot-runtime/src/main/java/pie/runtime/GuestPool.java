package pie.runtime;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keep prepared guests of one language, made in the background and, if {@code refills}, made again when taken. */
final class GuestPool<P> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GuestPool.class);

    /** To prepare a guest takes a core for a while, which the one just taken can use better until its program runs. */
    private static final Executor LATER = CompletableFuture.delayedExecutor(25, TimeUnit.MILLISECONDS);

    private final GuestLanguage<P> language;
    private final int target;
    private final boolean refills;
    private final Executor filler;
    private final ArrayDeque<Guest<P>> warm = new ArrayDeque<>();
    private int filling;
    private int waiting;
    private boolean everWarm;
    private boolean closed;

    GuestPool(GuestLanguage<P> language, int target, boolean refills, Executor filler) {
        this.language = language;
        this.target = target;
        this.refills = refills;
        this.filler = filler;
        refill();
    }

    GuestLanguage<P> language() {
        return language;
    }

    /** Take a warm guest; wait for one that is being made, else make one here. */
    Guest<P> take() throws InterruptedException {
        synchronized (this) {
            waiting++;
            try {
                while (warm.isEmpty() && filling >= waiting) {
                    wait();
                }
            } finally {
                waiting--;
            }
            @Nullable Guest<P> guest = warm.poll();
            if (guest != null) {
                if (refills) {
                    LATER.execute(this::refill);
                }
                return guest;
            }
        }
        return language.prepare();
    }

    /** Wait until a guest is, or has been, warm; says no at once if none can be made. */
    synchronized boolean awaitWarm(Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        if (target == 0) {
            return true;
        }
        while (!everWarm) {
            if (filling == 0) {
                return false;
            }
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            wait(left / 1_000_000 + 1);
        }
        return true;
    }

    private synchronized void refill() {
        while (!closed && warm.size() + filling < target) {
            filling++;
            filler.execute(this::fill);
        }
    }

    private void fill() {
        @Nullable Guest<P> guest = null;
        try {
            if (!isClosed()) {
                guest = language.prepare();
            }
        } catch (RuntimeException e) {
            if (!isClosed()) {
                LOG.error("a guest for {} could not be prepared", language.languages(), e);
            }
        } finally {
            if (!keep(guest) && guest != null) {
                guest.close();
            }
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private synchronized boolean keep(@Nullable Guest<P> guest) {
        filling--;
        boolean kept = guest != null && !closed;
        if (guest != null && kept) {
            warm.add(guest);
            everWarm = true;
        }
        notifyAll();
        return kept;
    }

    @Override
    public void close() {
        ArrayDeque<Guest<P>> left;
        synchronized (this) {
            closed = true;
            left = new ArrayDeque<>(warm);
            warm.clear();
            notifyAll();
        }
        left.forEach(Guest::close);
        language.close();
    }
}
