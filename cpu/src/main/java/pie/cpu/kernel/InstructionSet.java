package pie.cpu.kernel;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import pie.cpu.machine.MachineCode;

/** Name what processors offer for products of integers, best first; {@link IntegerDot} gives the same bits with each. */
public enum InstructionSet {
    /** 64 products of bytes in an instruction, 32 registers. */
    VNNI("AVX-512 VNNI", 16, 8, "avx512f", "avx512bw", "avx512vl", "avx512_vnni"),
    /** 32 products of bytes in an instruction, 16 registers. */
    AVX_VNNI("AVX-VNNI", 8, 4, "avx2", "fma", "f16c", "avx_vnni"),
    /** 4-bit weights: 32 products of bytes, whose sums over a block fit 16 bits; 8-bit weights: 16 products of shorts. */
    AVX2("AVX2", 8, 4, "avx2", "fma", "f16c");

    private final String label;
    private final int lanes;
    private final int tile;
    private final List<String> flags;

    InstructionSet(String label, int lanes, int tile, String... flags) {
        this.label = label;
        this.lanes = lanes;
        this.tile = tile;
        this.flags = List.of(flags);
    }

    /** Return the name that people know. */
    public String label() {
        return label;
    }

    /** Return the floats of a vector. */
    int lanes() {
        return lanes;
    }

    /** Return the rows that are multiplied together. */
    int tile() {
        return tile;
    }

    /**
     * Say whether this runs here, and weights are packed for it: in panels of whole vectors.
     *
     * @param flag whether the processor has a feature, by the name that Linux gives it
     */
    public boolean supported(Predicate<String> flag) {
        return MachineCode.supported()
                && Lanes.COUNT % lanes == 0
                && flags.stream().allMatch(flag);
    }

    /** Return the best that runs here. */
    public static Optional<InstructionSet> best(Predicate<String> flag) {
        return Stream.of(values()).filter(set -> set.supported(flag)).findFirst();
    }
}
