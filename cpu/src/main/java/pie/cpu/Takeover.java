package pie.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Arrays;
import pie.cpu.kernel.Elements;
import pie.cpu.kernel.Lanes;

/**
 * Choose between kinds of {@link Elements} for a run that may end soon: plain loops, until it proves long and a thread of low priority
 * has had the vectors compiled on numbers of its own. What C2 costs, a short run does not pay.
 */
final class Takeover {
    /** Rows of all steps after which a run is long: a prompt and some fifty tokens. */
    private static final int LONG = 100;

    private static final Duration MOST = Duration.ofSeconds(10);
    private static final int ROUND = 20;
    /** Rounds in a row that vectors must win. */
    private static final int SURE = 3;

    private final int width;
    private volatile Elements now;
    private int rows;

    private Takeover(Elements first, int width) {
        now = first;
        this.width = width;
    }

    /** Take vectors from the first step on. */
    static Takeover none() {
        return new Takeover(Elements.VECTOR, 0);
    }

    /** Begin with plain loops. @param width numbers of a row, as the longest loops have them */
    static Takeover gradual(int width) {
        return new Takeover(Elements.PLAIN, Lanes.roundUp(width));
    }

    /** Return what the next step, of some rows, is to use; called by one thread. */
    Elements forStep(int stepRows) {
        boolean before = rows < LONG;
        rows = Math.min(LONG, rows + stepRows);
        if (before && rows == LONG && now == Elements.PLAIN) {
            Thread.ofPlatform().name("pie-cpu-takeover").daemon().start(this::compile);
        }
        return now;
    }

    private void compile() {
        ThreadPriority.LOW.take();
        long end = System.nanoTime() + MOST.toNanos();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment x = arena.allocate(8L * width, 64);
            MemorySegment out = arena.allocate(8L * width, 64);
            int faster = 0;
            while (faster < SURE && System.nanoTime() < end) {
                boolean clearly = 2 * round(Elements.VECTOR, x, out) < round(Elements.PLAIN, x, out);
                faster = clearly ? faster + 1 : 0;
            }
        }
        now = Elements.VECTOR;
    }

    private long round(Elements kind, MemorySegment x, MemorySegment out) {
        float[] ones = new float[width];
        Arrays.fill(ones, 1);
        float[] room = new float[Lanes.COUNT];
        long start = System.nanoTime();
        for (int i = 0; i < ROUND; i++) {
            kind.rms(x, 0, ones, 1, out, 0, room);
            kind.add(out, 0, x, 0, width);
            kind.add(out, 0, ones);
            kind.multiply(out, 0, 1, width);
            kind.rotate(out, 0, ones, ones, 0, width);
            kind.swiGlu(x, 0, 4L * width, out, 0, width);
            kind.geGlu(x, 0, 4L * width, out, 0, width);
            kind.argmax(out, 0, width);
        }
        return System.nanoTime() - start;
    }
}
