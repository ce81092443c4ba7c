package pie.engine;

import java.util.Arrays;
import java.util.List;
import pie.engine.generate.StopMatcher;
import pie.engine.kv.KvContext;

/**
 * Keep the tokens of one generation. The last of them may be the beginning of a stop string: they are held back from the program, and
 * taken from the sequence again if they become one. But for {@code delivered}, all of it is the loop's.
 */
final class GeneratedTokens {
    private static final int[] NOTHING = {};
    /** Tokens that there is room for from the beginning, at most. */
    private static final int ROOM = 2048;

    private final EngineContext context;
    private final KvContext kv;
    private StopMatcher matcher;
    private int[] kept = new int[16];
    private int count;
    private volatile int delivered;
    /** Place in the sequence of the last delivered token. */
    private int lastDelivered = -1;

    GeneratedTokens(EngineContext context, List<String> stopStrings) {
        this.context = context;
        kv = context.kv();
        matcher = new StopMatcher(stopStrings);
    }

    /** Look for other stop strings from here on. */
    void stopAt(List<String> strings) {
        matcher = new StopMatcher(strings);
    }

    /** Take memory for the tokens to come now, not while they come. */
    void expect(int most) {
        int room = Math.clamp(Math.min(most, context.loop.maxContext - kv.length()), 0, ROOM);
        kept = Arrays.copyOf(kept, Math.max(kept.length, room));
        kv.expect(room + 1, context.loop.store.pageSize());
        context.view.expect(room + 1);
    }

    /** Return all tokens, of which the first {@link #count} are there. */
    int[] all() {
        return kept;
    }

    int count() {
        return count;
    }

    /** Return how many tokens programs have been given. */
    int delivered() {
        return delivered;
    }

    /** Return how many of the last tokens of the sequence are held back. */
    int held() {
        return matcher.held();
    }

    /** Hold nothing back: what there is can be no part of a stop string any more. */
    void release() {
        matcher.reset();
    }

    /** Add a token to the end of the sequence. */
    void add(int token) {
        kv.append(token);
        if (count == kept.length) {
            kept = Arrays.copyOf(kept, 2 * count);
        }
        kept[count++] = token;
    }

    /** Look for a stop string that the last token completes, and take it from the sequence. Return whether there was one. */
    boolean stopped(byte[] lastToken) {
        int touched = matcher.feed(lastToken);
        if (touched == 0) {
            return false;
        }
        matcher.reset();
        count -= touched;
        context.rolledBack(touched);
        cut(kv.length() - touched);
        return true;
    }

    /** Go back to what was delivered. Return whether anything was held back. */
    boolean dropHeld() {
        int held = held();
        matcher.reset();
        if (held == 0) {
            return false;
        }
        count -= held;
        context.rolledBack(held);
        cut(kv.length() - held);
        return true;
    }

    /** Cut the sequence, so that its last token is pending if this generation made it. */
    private void cut(int length) {
        if (lastPending(length) && kv.written() >= length) {
            int token = kv.token(length - 1);
            context.loop.store.truncate(kv, length - 1, true);
            kv.append(token);
            context.charges.written();
            context.charges.generated();
        } else {
            context.loop.store.truncate(kv, length, true);
            context.charges.pending(kv.length() - kv.written());
        }
    }

    /** Say whether the last token is pending when the sequence is cut to a length: if this generation made and delivered it. */
    boolean lastPending(int length) {
        boolean committed = length <= kv.committedPages() * context.loop.store.pageSize();
        return lastDelivered == length - 1 && count > held() && !committed;
    }

    /** Take note that all but the held tokens of the sequence are about to be delivered. */
    void shown() {
        if (count > held()) {
            lastDelivered = kv.length() - 1 - held();
        }
    }

    /** Return the row up to which pages may be committed: none that a stop string could still take back. */
    int limit() {
        int held = held();
        return held == 0 ? kv.length() : kv.length() - held - 1;
    }

    /** Deliver what is new and not held back. */
    int[] take() {
        int end = count - held();
        int[] tokens = delivered == end ? NOTHING : Arrays.copyOfRange(kept, delivered, end);
        delivered = end;
        return tokens;
    }

    /** Return all that may be delivered, from the first token on. */
    int[] whole() {
        return Arrays.copyOfRange(kept, 0, count - held());
    }

    /** Return the tokens from a place on, those held back included. */
    int[] since(int from) {
        return Arrays.copyOfRange(kept, Math.min(from, count), count);
    }
}
