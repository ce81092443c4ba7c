package pie.cpu.kernel;

import java.lang.foreign.Arena;
import java.util.Locale;
import java.util.function.Predicate;

/** Name what attends: all give the same bits on processors with vectors of equal length. */
public enum AttentionKernels {
    /** Assembled loops for AVX-512. */
    ASSEMBLED("AVX-512 assembled"),
    /** The Vector API, for any processor. */
    VECTOR(Lanes.F.vectorBitSize() + "-bit vectors"),
    /** Plain loops, for shapes that fill no vectors. */
    SCALAR("scalar");

    private final String text;

    AttentionKernels(String text) {
        this.text = text;
    }

    /**
     * Say whether this processor has what these kernels need.
     *
     * @param flag whether the processor has a feature, by the name that Linux gives it
     */
    public boolean supported(Predicate<String> flag) {
        return this != ASSEMBLED || AttentionCode.supported(flag);
    }

    /** Say whether pages and heads fill the vectors of these kernels. */
    public boolean fits(KvPool kv) {
        return switch (this) {
            case ASSEMBLED -> AttentionCode.fits(kv);
            case VECTOR -> VectorTile.fits(kv);
            case SCALAR -> true;
        };
    }

    /**
     * Make attention of these kernels.
     *
     * @param scale scores are multiplied by it
     * @throws UnsupportedOperationException if the system does not run code that a process assembled
     */
    public Attention open(Arena arena, KvPool kv, int heads, float scale, int workers) {
        int group = heads / kv.kvHeads;
        switch (this) {
            case ASSEMBLED -> {
                AttentionCode code = new AttentionCode(arena, kv, group, scale);
                return new Attention(kv, heads, workers, () -> new AssembledTile(kv, code, group));
            }
            case VECTOR -> {
                return new Attention(kv, heads, workers, () -> new VectorTile(kv, scale));
            }
            default -> {
                return new Attention(kv, heads, workers, () -> new ScalarTile(kv, scale, Lanes.COUNT));
            }
        }
    }

    /** Return what capabilities say of it. */
    public String describe() {
        return text;
    }

    /** Return the name as options have it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
