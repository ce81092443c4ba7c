package pie.engine.kv;

import java.util.Arrays;
import pie.engine.adapter.Adapter;
import pie.engine.adapter.AdapterId;

/**
 * Compute the chain of page keys of contexts from their lineage alone, each page once. A page has a key unless a row of it, or of a
 * page before it, saw a later row.
 */
final class PageKeys {
    private final SipHash digest;
    private final SipHash maskDigest;
    private final int pageSize;
    private final long[] words;
    private final HiddenSlots hidden = new HiddenSlots();
    private long[] maskWords = new long[64];

    /** Hold the keys of the leading pages of one context, under one salt. */
    static final class Chain {
        final long saltHigh;
        final long saltLow;
        private long[] keys = new long[16];
        private int known;

        Chain(long saltHigh, long saltLow) {
            this.saltHigh = saltHigh;
            this.saltLow = saltLow;
        }

        Chain copy() {
            Chain copy = new Chain(saltHigh, saltLow);
            copy.keys = keys.clone();
            copy.known = known;
            return copy;
        }

        void room(int pages) {
            if (2 * pages > keys.length) {
                keys = Arrays.copyOf(keys, Math.max(2 * pages, 2 * keys.length));
            }
        }

        long high(int page) {
            return keys[2 * page];
        }

        long low(int page) {
            return keys[2 * page + 1];
        }

        /** Forget the keys of pages from {@code page} on, whose rows may change. */
        void forget(int page) {
            known = Math.min(known, page);
        }
    }

    PageKeys(long secret0, long secret1, int pageSize) {
        digest = new SipHash(secret0, secret1);
        maskDigest = new SipHash(secret0, ~secret1);
        this.pageSize = pageSize;
        words = new long[pageSize + 4];
    }

    /** Make the key of a full page known. Return false if it has none. */
    boolean know(KvContext c, Chain chain, int page) {
        while (chain.known <= page) {
            int next = chain.known;
            if (!hash(c, chain, next, pageSize)) {
                return false;
            }
            chain.room(next + 1);
            chain.keys[2 * next] = digest.high();
            chain.keys[2 * next + 1] = digest.low();
            chain.known++;
        }
        return true;
    }

    /** Return the key of a page of which only the first rows are there, null if it has none. */
    @org.jspecify.annotations.Nullable
    PageKey partial(KvContext c, Chain chain, int page, int rows) {
        boolean named = (page == 0 || know(c, chain, page - 1)) && hash(c, chain, page, rows);
        return named ? new PageKey(digest.high(), digest.low()) : null;
    }

    private boolean hash(KvContext c, Chain chain, int page, int rows) {
        int from = page * pageSize;
        words[0] = page == 0 ? chain.saltHigh : chain.high(page - 1);
        words[1] = page == 0 ? chain.saltLow : chain.low(page - 1);
        for (int i = 0; i < rows; i++) {
            words[2 + i] = (long) c.tokens[from + i] << 32 | c.position(from + i);
        }
        int n = rows + 2;
        if (c.restricted() || c.adapted()) {
            int more = adapters(c, from, from + rows);
            more = c.restricted() ? masks(c, from, from + rows, more) : more;
            if (more < 0) {
                return false;
            }
            if (more > 0) {
                maskDigest.hash(maskWords, more);
                words[n++] = maskDigest.high();
                words[n++] = maskDigest.low();
            }
        }
        digest.hash(words, n);
        return true;
    }

    /** Note which adapters the rows are computed with, how many first, where there are any. Return the number of words. */
    private int adapters(KvContext c, int from, int to) {
        int n = 1;
        for (int row = from; c.adapted() && row < to; row = c.uniformAdapter(row)) {
            AdapterId id = c.adapter(row).map(Adapter::id).orElse(null);
            if (id != null) {
                makeRoom(n + 4);
                maskWords[n++] = row - from;
                maskWords[n++] = Math.min(to, c.uniformAdapter(row)) - from;
                maskWords[n++] = id.high();
                maskWords[n++] = id.low();
            }
        }
        maskWords[0] = Long.MIN_VALUE | n; // no row of a mask begins so
        return n == 1 ? 0 : n;
    }

    private void makeRoom(int size) {
        if (size > maskWords.length) {
            maskWords = Arrays.copyOf(maskWords, 2 * size);
        }
    }

    /** Note what the rows do not see, behind {@code n} words. Return the number of words, -1 if a row saw a later one. */
    private int masks(KvContext c, int from, int to, int already) {
        int n = already;
        for (int row = from; row < to; row++) {
            hidden.of(c, row);
            if (hidden.end() > row + 1) {
                return -1;
            }
            if (hidden.count() == 0) {
                continue;
            }
            makeRoom(n + hidden.count() / 2 + 1);
            maskWords[n++] = -(row - from) - 1L;
            for (int i = 0; i < hidden.count(); i += 2) {
                maskWords[n++] = (long) hidden.bound(i) << 32 | hidden.bound(i + 1);
            }
        }
        return n;
    }
}
