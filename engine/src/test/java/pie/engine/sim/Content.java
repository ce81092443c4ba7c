package pie.engine.sim;

import pie.engine.kv.KvContext;

/** Work out from lineage alone what the hash driver must have put into a page, given that the pages before it are right. */
final class Content {
    private static final long GOLDEN = 0x9e37_79b9_7f4a_7c15L;
    private static final long WEIGHTS = 1;

    private Content() {}

    /** Return the first row of a page whose word is not what it must be, -1 if there is none. */
    static int wrong(SimDriver device, KvContext kv, int page, int pageSize) {
        long[] words = new long[(page + 1) * pageSize];
        for (int row = 0; row < page * pageSize; row++) {
            words[row] = device.word(kv.slot(row / pageSize), row % pageSize);
        }
        for (int row = page * pageSize; row < words.length; row++) {
            long self = mix(WEIGHTS + ((long) kv.token(row) << 32 | kv.position(row)) * GOLDEN);
            words[row] = self;
            long sum = 0;
            for (int slot = 0; slot <= row; slot++) {
                sum += mix(words[slot] + slot * GOLDEN);
            }
            words[row] = mix(self ^ sum);
            if (device.word(kv.slot(page), row % pageSize) != words[row]) {
                return row;
            }
        }
        return -1;
    }

    private static long mix(long x) {
        long z = (x ^ x >>> 30) * 0xbf58_476d_1ce4_e5b9L;
        z = (z ^ z >>> 27) * 0x94d0_49bb_1331_11ebL;
        return z ^ z >>> 31;
    }
}
