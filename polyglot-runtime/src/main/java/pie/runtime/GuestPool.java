package pie.runtime;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keep prepared guests of one language, made in the background and, if {@code refills}, made again when taken. A pool that has time, or
 * runs empty, comes to keep more than it began with.
 */
final class GuestPool<P> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GuestPool.class);

    /** To prepare a guest takes a core for a while, which the one just taken can use better until its program runs. */
    private static final Duration PAUSE = Duration.ofMillis(25);
    /** Time without launches after which there is time for more guests, and to complete some. */
    private static final Duration REST = Duration.ofMillis(500);

    private final GuestLanguage<P> language;
    private final int least;
    private final int most;
    private final boolean refills;
    private final Executor filler;
    private final ArrayDeque<Guest<P>> warm = new ArrayDeque<>();
    private final ArrayDeque<Guest<P>> complete = new ArrayDeque<>();
    private int target;
    private int filling;
    private int waiting;
    private long lastTaken = System.nanoTime();
    private boolean everWarm;
    private boolean closed;

    GuestPool(GuestLanguage<P> language, int least, int most, boolean refills, Executor filler) {
        this.language = language;
        this.least = least;
        this.most = most;
        this.target = least;
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
            lastTaken = System.nanoTime();
            waiting++;
            try {
                while (size() == 0 && filling >= waiting) {
                    wait();
                }
            } finally {
                waiting--;
            }
            @Nullable Guest<P> guest = usable();
            if (refills) {
                grow();
                later(PAUSE, this::refill);
            }
            if (guest != null) {
                return guest;
            }
        }
        return language.prepare();
    }

    /** Take one that is ready; those that have ended in the meantime are let go. */
    private @Nullable Guest<P> usable() {
        while (true) {
            Guest<P> guest = complete.isEmpty() ? warm.poll() : complete.poll();
            if (guest == null || guest.usable()) {
                return guest;
            }
            guest.close();
        }
    }

    private int size() {
        return warm.size() + complete.size();
    }

    private void grow() {
        if (size() == 0) {
            target = Math.min(target + least, most);
        }
    }

    private static void later(Duration delay, Runnable task) {
        CompletableFuture.delayedExecutor(delay.toMillis(), TimeUnit.MILLISECONDS)
                .execute(task);
    }

    /** Wait until a guest is, or has been, warm; says no at once if none can be made. */
    synchronized boolean awaitWarm(Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        if (least == 0) {
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
        while (!closed && size() + filling < target) {
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
            keep(guest, warm);
        }
    }

    /** With time to spare, complete as many guests as the pool began with, then fill it. */
    private synchronized void tend() {
        if (closed || !refills || filling > 0 || System.nanoTime() - lastTaken < REST.toNanos()) {
            return;
        }
        if (complete.size() < least && warm.size() > 0 && size() > 1) { // one is left for who comes meanwhile
            Guest<P> guest = warm.remove();
            filling++;
            filler.execute(() -> complete(guest));
        } else if (size() < most) {
            target = Math.min(size() + 1, most);
            refill();
        }
    }

    private void complete(Guest<P> guest) {
        boolean done = false;
        try {
            guest.complete();
            done = true;
        } catch (RuntimeException e) {
            if (!isClosed()) {
                LOG.error("a guest for {} could not be completed", language.languages(), e);
            }
        } finally {
            if (!done) {
                guest.close();
            }
            keep(done ? guest : null, complete);
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    /** Take in what was made; a closed pool closes it. */
    private void keep(@Nullable Guest<P> guest, ArrayDeque<Guest<P>> where) {
        boolean kept;
        synchronized (this) {
            filling--;
            kept = guest != null && !closed;
            if (guest != null && kept) {
                where.add(guest);
                everWarm = true;
                later(REST, this::tend);
            }
            notifyAll();
        }
        if (guest != null && !kept) {
            guest.close();
        }
    }

    /** Make no more guests, and close those that are ready. */
    void stop() {
        ArrayDeque<Guest<P>> left;
        synchronized (this) {
            closed = true;
            left = new ArrayDeque<>(warm);
            left.addAll(complete);
            warm.clear();
            complete.clear();
            notifyAll();
        }
        left.forEach(Guest::close);
    }

    /** Close the language; only once no guest is in the making. */
    @Override
    public void close() {
        stop();
        language.close();
    }
}
