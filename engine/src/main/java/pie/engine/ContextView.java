package pie.engine;

import java.util.Arrays;
import pie.engine.kv.KvContext;

/**
 * Show callers what a context holds: the state that the loop last delivered, and behind it what was appended since. The lock is held
 * for copies of a few numbers only.
 */
final class ContextView {
    private int[] tokens = new int[64];
    private int length;
    private int overlay;
    private int written;
    private int committed;
    private int working;
    private final int pageSize;

    ContextView(int pageSize) {
        this.pageSize = pageSize;
    }

    /** Add ids that the loop has not seen yet. */
    synchronized void append(int[] ids) {
        room(length + overlay + ids.length);
        System.arraycopy(ids, 0, tokens, length + overlay, ids.length);
        overlay += ids.length;
    }

    /** Have room for so many tokens more. */
    synchronized void expect(int more) {
        room(length + overlay + more);
    }

    /** Take back the last append. */
    synchronized void withdraw(int n) {
        overlay -= n;
    }

    /**
     * Deliver a state.
     *
     * @param visible tokens of the sequence that are delivered
     * @param from first token that may differ from the last state
     * @param applied appended tokens that the state now holds itself
     */
    synchronized void publish(KvContext kv, int visible, int visibleWritten, int from, int applied) {
        int rest = overlay - applied;
        int restFrom = length + applied;
        room(Math.max(visible, length) + overlay);
        System.arraycopy(tokens, restFrom, tokens, visible, rest);
        int first = Math.min(from, Math.min(length, visible));
        System.arraycopy(kv.tokens(), first, tokens, first, visible - first);
        length = visible;
        overlay = rest;
        written = visibleWritten;
        committed = kv.committedPages();
        working = kv.workingPages();
    }

    synchronized int written() {
        return written;
    }

    synchronized int committedPages() {
        return committed;
    }

    synchronized int workingPages() {
        return working;
    }

    synchronized int workingTokens() {
        return written - committed * pageSize;
    }

    synchronized int pendingCount() {
        return length + overlay - written;
    }

    synchronized int[] pending() {
        return Arrays.copyOfRange(tokens, written, length + overlay);
    }

    synchronized int[] tail(int n) {
        int end = length + overlay;
        return Arrays.copyOfRange(tokens, Math.max(0, end - n), end);
    }

    private void room(int size) {
        if (size > tokens.length) {
            tokens = Arrays.copyOf(tokens, Math.max(size, 2 * tokens.length));
        }
    }
}
