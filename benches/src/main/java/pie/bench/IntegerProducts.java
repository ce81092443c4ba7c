package pie.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;
import pie.cpu.kernel.InstructionSet;
import pie.cpu.kernel.OffHeap;
import pie.cpu.kernel.Team;
import pie.cpu.machine.Assembler;
import pie.cpu.machine.Assembler.Encoding;
import pie.cpu.machine.Assembler.Length;
import pie.cpu.machine.Assembler.Op;
import pie.cpu.machine.Assembler.Reg;
import pie.cpu.machine.MachineCode;

/** Measure how many sums of products of integers all workers of a team make at most, in registers: assembled, as Java has no such operation. */
final class IntegerProducts {
    /** Sums that do not wait for each other; with what they need they fill the sixteen registers of VEX. */
    private static final int CHAINS = 12;

    private static final int SCRATCH = 2;
    private static final int TURNS = 2_000_000;

    private final Team team;
    private final MemorySegment function;
    private final int products;

    /**
     * Assemble the loop.
     *
     * @param bits of the weights that meet activations
     */
    IntegerProducts(Team team, Arena arena, InstructionSet set, int bits) {
        this.team = team;
        byte[] code = code(set, bits);
        function = MachineCode.function(OffHeap.zeroed(arena, code.length), code);
        products = switch (set) {
            case VNNI -> 64;
            case AVX_VNNI -> 32;
            case AVX2 -> bits == 8 ? 16 : 32;
        };
    }

    /** Find the set that a matmul says that it uses, if it uses one. */
    static Optional<InstructionSet> set(String kernels) {
        return Arrays.stream(InstructionSet.values())
                .filter(set -> kernels.startsWith(set.label() + " "))
                .findFirst();
    }

    private static byte[] code(InstructionSet set, int bits) {
        boolean wide = set == InstructionSet.VNNI;
        var code = new Assembler(wide ? Encoding.EVEX : Encoding.VEX);
        Length length = wide ? Length.Z512 : Length.Y256;
        for (int i = 0; i <= SCRATCH + CHAINS; i++) {
            code.vector(length, Op.XOR, i, i, i);
        }
        int start = code.here();
        for (int i = 1; i <= CHAINS; i++) {
            int sum = SCRATCH + i;
            if (set != InstructionSet.AVX2) {
                code.vector(length, Op.DOT_BYTES, sum, 0, 1);
            } else {
                code.vector(length, bits == 8 ? Op.MULTIPLY_SHORTS : Op.MULTIPLY_BYTES, SCRATCH, 0, 1);
                code.vector(length, bits == 8 ? Op.ADD_INTS : Op.ADD_SHORTS, sum, sum, SCRATCH);
            }
        }
        code.loop(Reg.RDI, start);
        code.end();
        return code.bytes();
    }

    /** Return multiplications and additions a second. */
    double rate() {
        double seconds = Timing.of(() -> team.run(worker -> MachineCode.call(function, TURNS, 0, 0, 0, 0)));
        return 2.0 * products * CHAINS * TURNS * team.size() / seconds;
    }
}
