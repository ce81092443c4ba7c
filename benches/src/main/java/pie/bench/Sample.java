package pie.bench;

/**
 * Hold the clock of one request, nanoseconds since it was sent.
 *
 * @param accepted the head of the answer was there
 * @param first first token, or first line of the program
 * @param last end of the answer
 * @param tokens generated, by the target's own count
 * @param error empty if it went well
 */
record Sample(long accepted, long first, long last, int tokens, String error) {
    static Sample failed(String error) {
        return new Sample(0, 0, 0, 0, error);
    }

    boolean ok() {
        return error.isEmpty();
    }

    /** Return the time of one token after the first, in nanoseconds; NaN below two tokens. */
    double timePerToken() {
        return tokens < 2 ? Double.NaN : (double) (last - first) / (tokens - 1);
    }
}
