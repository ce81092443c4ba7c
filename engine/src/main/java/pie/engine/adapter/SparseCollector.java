package pie.engine.adapter;

/** Collect garbage on demand, for at most a twentieth of the time. Safe for use from several threads. */
final class SparseCollector implements Runnable {
    private long last = System.nanoTime();
    private long pause;

    @Override
    public synchronized void run() {
        long begin = System.nanoTime();
        if (begin - last >= pause) {
            System.gc();
            last = System.nanoTime();
            pause = 20 * (last - begin);
        }
    }
}
