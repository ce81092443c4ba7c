package pie.bench;

/** Time one call. */
final class Timing {
    private Timing() {}

    /** Return seconds. */
    static double of(Runnable call) {
        long start = System.nanoTime();
        call.run();
        return (System.nanoTime() - start) / 1e9;
    }

    /** Return the mean seconds of as many calls as fill {@code least} seconds, at least one. */
    static double mean(Runnable call, double least) {
        double all = 0;
        int calls = 0;
        while (calls == 0 || all < least) {
            all += of(call);
            calls++;
        }
        return all / calls;
    }
}
