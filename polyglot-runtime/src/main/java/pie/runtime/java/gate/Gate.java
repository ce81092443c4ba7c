package pie.runtime.java.gate;

import java.io.PrintStream;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.inferlet.Host;
import pie.runtime.java.Stop;

/** Stop a program, and count its large arrays. {@link #check} is called at method entries and loop back-edges. */
public final class Gate {
    /** Arrays from here on are counted one by one, in bytes. */
    private static final long LARGE = 1 << 16;

    private static volatile boolean pending;
    private static volatile @Nullable Stop killed;
    private static @Nullable Host host;
    private static @Nullable PrintStream out;
    private static @Nullable PrintStream err;
    private static long seed;
    private static long maxArray = 64 << 20;
    private static long maxLive = 256 << 20;

    private static long reserved;
    private static long live;
    private static long collectedAt;
    private static List<Held> large = new ArrayList<>();

    private Gate() {}

    private static final class Held extends WeakReference<Object> {
        final long bytes;

        Held(Object array, long bytes) {
            super(array);
            this.bytes = bytes;
        }
    }

    /** Bind the copy of a run. Memory is the number of bytes that large arrays may hold together. */
    public static void bind(Host to, PrintStream stdout, PrintStream stderr, long memory) {
        host = to;
        out = stdout;
        err = stderr;
        seed = to.seed();
        maxLive = memory;
        maxArray = Math.max(LARGE, Math.min(64 << 20, memory / 2));
    }

    /** Let the next check raise CANCELLED, once. Called from other threads. */
    public static void interrupt() {
        pending = true;
    }

    /** Let this and all later checks throw a stop. Called from other threads. */
    public static void kill(String why) {
        killed = new Stop(ErrorCode.CANCELLED, why);
        pending = true;
    }

    public static void check() {
        if (pending) {
            halt();
        }
    }

    private static void halt() {
        Stop stop = killed;
        if (stop != null) {
            throw stop;
        }
        pending = false;
        if (killed != null) {
            pending = true;
        }
        host().checkLive();
    }

    /** Look at what a wide handler caught, before the handler does. */
    public static void caught(Throwable t) {
        if (t instanceof Stop stop) {
            throw stop;
        }
        if (t instanceof OutOfMemoryError) {
            throw end("out of memory");
        }
        check();
    }

    /** End the program for going beyond a limit. */
    static Stop end(String why) {
        Stop stop = new Stop(ErrorCode.LIMIT_EXCEEDED, why);
        killed = stop;
        pending = true;
        return stop;
    }

    static PieException refuse(String what, long got, long limit) {
        return new PieException(ErrorCode.LIMIT_EXCEEDED, what + " of " + got + " is over the limit of " + limit);
    }

    static void atMost(String what, long got, long limit) {
        if (got > limit) {
            throw refuse(what, got, limit);
        }
    }

    static Host host() {
        Host bound = host;
        if (bound == null) {
            throw new PieException(ErrorCode.INTERNAL, "the gate of this program is not bound to a process");
        }
        return bound;
    }

    /** Return a fresh seed, the same in every run with the same process seed. */
    static synchronized long nextSeed() {
        seed += 0x9E3779B97F4A7C15L;
        long z = seed;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    public static PrintStream out() {
        return stream(out);
    }

    public static PrintStream err() {
        return stream(err);
    }

    private static PrintStream stream(@Nullable PrintStream bound) {
        if (bound == null) {
            throw new PieException(ErrorCode.INTERNAL, "the gate of this program is not bound to a process");
        }
        return bound;
    }

    // -- arrays

    /** Ask before an array of n elements is made; a negative n fails by itself. */
    public static void alloc(int n, int size) {
        if (n > LARGE / 8) {
            reserve((long) n * size);
        }
    }

    /** Multiply the lengths of an array of arrays, so far {@code total} of them. */
    public static long times(long total, int n) {
        return n <= 0 ? 0 : Math.min(Integer.MAX_VALUE * 64L, total * n);
    }

    /** Ask before an array of arrays with so many innermost elements is made. */
    public static void allocAll(long total, int size) {
        if (total * size > LARGE) {
            reserve(total * size);
        }
    }

    /** Ask before an array is cloned. */
    public static void copying(Object array) {
        int size = switch (array) {
            case byte[] a -> 1;
            case boolean[] a -> 1;
            case char[] a -> 2;
            case short[] a -> 2;
            case int[] a -> 4;
            case float[] a -> 4;
            default -> 8;
        };
        alloc(java.lang.reflect.Array.getLength(array), size);
    }

    private static void reserve(long bytes) {
        check();
        atMost("an array in bytes", bytes, maxArray);
        if (bytes < LARGE) {
            return;
        }
        if (live + bytes > maxLive) {
            collect(bytes);
        }
        reserved = bytes;
    }

    private static void collect(long bytes) {
        prune();
        if (live + bytes > maxLive && System.nanoTime() - collectedAt > TimeUnit.MILLISECONDS.toNanos(200)) {
            System.gc();
            collectedAt = System.nanoTime();
            prune();
        }
        if (live + bytes > maxLive) {
            throw end("the arrays of the program hold " + (live + bytes >> 20) + " MiB, the limit is " + (maxLive >> 20)
                    + " MiB");
        }
    }

    private static void prune() {
        var kept = new ArrayList<Held>(large.size());
        live = 0;
        for (Held h : large) {
            if (h.get() != null) {
                kept.add(h);
                live += h.bytes;
            }
        }
        large = kept;
    }

    /** Count an array that was just made. */
    public static void made(Object array) {
        if (reserved != 0) {
            large.add(new Held(array, reserved));
            live += reserved;
            reserved = 0;
        }
    }

    // -- time

    @Replaces(value = Thread.class, statically = true)
    public static void sleep(long millis) {
        if (millis < 0) {
            throw new IllegalArgumentException("timeout value is negative");
        }
        check();
        host().await(
                        new CompletableFuture<@Nullable Void>().completeOnTimeout(null, millis, TimeUnit.MILLISECONDS),
                        "timer");
    }

    @Replaces(value = Thread.class, name = "sleep", statically = true)
    public static void sleepFor(java.time.Duration time) {
        sleep(Math.max(0, time.toMillis()));
    }
}
