package pie.inferlet;

import java.util.ArrayDeque;
import java.util.OptionalInt;

/** Keep tokens that a step gave and nobody has taken yet. */
final class TokenQueue {
    private final ArrayDeque<Integer> waiting = new ArrayDeque<>();

    /** Add the tokens of a step, from a place on. */
    synchronized void add(int[] tokens, int from) {
        for (int i = from; i < tokens.length; i++) {
            waiting.add(tokens[i]);
        }
    }

    synchronized boolean isEmpty() {
        return waiting.isEmpty();
    }

    synchronized OptionalInt poll() {
        Integer token = waiting.poll();
        return token == null ? OptionalInt.empty() : OptionalInt.of(token);
    }

    /** Take all. */
    synchronized int[] drain() {
        int[] all = waiting.stream().mapToInt(Integer::intValue).toArray();
        waiting.clear();
        return all;
    }
}
