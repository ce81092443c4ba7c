package pie.server;

/** Keep the last samples of some counters that only grow, to tell how fast they grew in the last seconds. */
final class Window {
    private final long[] times;
    private final long[][] values;
    private long added;

    Window(int samples, int counters) {
        times = new long[samples];
        values = new long[samples][counters];
    }

    /** Add a sample; {@code nanos} must not be before that of the last one. */
    void add(long nanos, long... counters) {
        int place = (int) (added++ % times.length);
        times[place] = nanos;
        System.arraycopy(counters, 0, values[place], 0, values[place].length);
    }

    private int place(long number) {
        return (int) (number % times.length);
    }

    /** Return the number of the oldest sample that is not more than so long and half a second before the last one, or the one before. */
    private long first(double seconds) {
        long last = added - 1;
        long oldest = Math.max(0, added - times.length);
        long from = times[place(last)] - (long) (seconds * 1e9) - 500_000_000L;
        long first = last - 1;
        while (first > oldest && times[place(first - 1)] >= from) {
            first--;
        }
        return first;
    }

    /** Return by how much a counter grew in the last seconds, as far as there are samples. */
    long growth(int counter, double seconds) {
        if (added < 2) {
            return 0;
        }
        return values[place(added - 1)][counter] - values[place(first(seconds))][counter];
    }

    /** Return the seconds between the samples that {@link #growth} looks at, 0 if there is one at most. */
    double span(double seconds) {
        return added < 2 ? 0 : (times[place(added - 1)] - times[place(first(seconds))]) / 1e9;
    }

    /** Return the growth of a counter a second; 0 before there are two samples. */
    double rate(int counter, double seconds) {
        double span = span(seconds);
        return span <= 0 ? 0 : growth(counter, seconds) / span;
    }
}
