package pie.engine.kv;

/** Compute SipHash-2-4 with 128 bits of output over 64-bit words. Reused by one thread; the result stays until the next call. */
public final class SipHash {
    private final long k0;
    private final long k1;
    private long high;
    private long low;

    public SipHash(long k0, long k1) {
        this.k0 = k0;
        this.k1 = k1;
    }

    /** Hash the first n words. */
    public void hash(long[] words, int n) {
        long v0 = k0 ^ 0x736f6d6570736575L;
        long v1 = k1 ^ 0x646f72616e646f6dL ^ 0xee;
        long v2 = k0 ^ 0x6c7967656e657261L;
        long v3 = k1 ^ 0x7465646279746573L;
        for (int i = 0; i <= n; i++) {
            long m = i < n ? words[i] : (long) (n * 8) << 56;
            v3 ^= m;
            for (int round = 0; round < 2; round++) {
                v0 += v1;
                v1 = Long.rotateLeft(v1, 13) ^ v0;
                v0 = Long.rotateLeft(v0, 32);
                v2 += v3;
                v3 = Long.rotateLeft(v3, 16) ^ v2;
                v0 += v3;
                v3 = Long.rotateLeft(v3, 21) ^ v0;
                v2 += v1;
                v1 = Long.rotateLeft(v1, 17) ^ v2;
                v2 = Long.rotateLeft(v2, 32);
            }
            v0 ^= m;
        }
        v2 ^= 0xee;
        for (int half = 0; half < 2; half++) {
            for (int round = 0; round < 4; round++) {
                v0 += v1;
                v1 = Long.rotateLeft(v1, 13) ^ v0;
                v0 = Long.rotateLeft(v0, 32);
                v2 += v3;
                v3 = Long.rotateLeft(v3, 16) ^ v2;
                v0 += v3;
                v3 = Long.rotateLeft(v3, 21) ^ v0;
                v2 += v1;
                v1 = Long.rotateLeft(v1, 17) ^ v2;
                v2 = Long.rotateLeft(v2, 32);
            }
            if (half == 0) {
                high = v0 ^ v1 ^ v2 ^ v3;
                v1 ^= 0xdd;
            } else {
                low = v0 ^ v1 ^ v2 ^ v3;
            }
        }
    }

    /** Return the first 64 bits of the last result. */
    public long high() {
        return high;
    }

    public long low() {
        return low;
    }
}
