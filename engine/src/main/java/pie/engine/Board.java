package pie.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Show a row of numbers to other threads. The one writer never waits and allocates nothing; a reader gets all of one writing, never a
 * mix of two (a sequence lock, see Boehm, "Can seqlocks get along with programming language memory models?", 2012).
 */
final class Board {
    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);
    private static final VarHandle VERSION;
    private static final int SPINS = 64;

    static {
        try {
            VERSION = MethodHandles.lookup().findVarHandle(Board.class, "version", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final long[] cells;
    private int at;
    /** Odd while a writing goes on. */
    @SuppressWarnings({"unused", "FieldCanBeFinal"})
    private long version;

    Board(int size) {
        cells = new long[size];
    }

    /** Begin a writing; what is put goes to the cells in order. */
    void begin() {
        VERSION.setOpaque(this, (long) VERSION.getOpaque(this) + 1);
        VarHandle.storeStoreFence();
        at = 0;
    }

    void put(long value) {
        CELL.setOpaque(cells, at++, value);
    }

    void put(double value) {
        put(Double.doubleToRawLongBits(value));
    }

    void end() {
        VERSION.setRelease(this, (long) VERSION.getOpaque(this) + 1);
    }

    /** Return the numbers of the last writing. */
    Reading read() {
        long[] copy = new long[cells.length];
        for (int tries = 1; ; tries++) {
            long before = (long) VERSION.getAcquire(this);
            if ((before & 1) == 0) {
                for (int i = 0; i < copy.length; i++) {
                    copy[i] = (long) CELL.getOpaque(cells, i);
                }
                VarHandle.loadLoadFence();
                if ((long) VERSION.getOpaque(this) == before) {
                    return new Reading(copy);
                }
            }
            if (tries % SPINS == 0) {
                Thread.yield();
            } else {
                Thread.onSpinWait();
            }
        }
    }

    /** Give numbers back in the order in which they were put. */
    static final class Reading {
        private final long[] cells;
        private int at;

        private Reading(long[] cells) {
            this.cells = cells;
        }

        long next() {
            return cells[at++];
        }

        int nextInt() {
            return (int) next();
        }

        double nextDouble() {
            return Double.longBitsToDouble(next());
        }
    }
}
