package pie.cpu.kernel;

import java.util.Arrays;
import java.util.Optional;

/** Hold what all packed matmuls of a driver share: the workers, their buffers, and rows of activations in the forms that are read. */
public final class PackedTeam {
    /** Batches of so few rows are taken by every worker for itself; that costs less than to wait for the others. */
    private static final int OWN_ROWS = 2;

    private static final int FORMS = 3;

    final Team team;
    private final int maxRows;
    private final Matmul.Room[] rooms;
    private final Inputs[] shared;
    private final Inputs[][] own;
    private final FewRows[][] few;
    private final Optional<IntegerKernels> integers;

    /**
     * @param maxRows most rows of a batch
     * @param gradual let kernels for few rows take over as they become fast
     * @param integers what multiplies integer weights, if not the kernels for floats do
     */
    public PackedTeam(Team team, int maxRows, boolean gradual, Optional<IntegerKernels> integers) {
        this.team = team;
        this.maxRows = maxRows;
        this.integers = integers;
        rooms = new Matmul.Room[team.size()];
        own = new Inputs[team.size()][];
        few = new FewRows[team.size()][FORMS];
        shared = inputs();
        for (int i = 0; i < rooms.length; i++) {
            rooms[i] = new Matmul.Room();
            rooms[i].reserve(maxRows);
            own[i] = inputs();
            Arrays.setAll(few[i], form -> new FewRows(gradual));
        }
    }

    private static Inputs[] inputs() {
        Inputs[] inputs = new Inputs[FORMS];
        Arrays.setAll(inputs, i -> new Inputs(4 * i));
        return inputs;
    }

    private static int form(WeightFormat format) {
        return format.bits() / 4;
    }

    /** Make room for inputs of a matrix; before any batch runs. */
    void reserve(PackedMatrix m) {
        Optional<IntegerKernels> integers = integers(m.format, m.k);
        if (integers.isPresent()) {
            integers.get().reserve(m);
            return;
        }
        if (m.format.integersOnly()) {
            throw new IllegalStateException("only integers meet " + m.format);
        }
        int form = form(m.format);
        shared[form].reserve(maxRows, m.k);
        for (Inputs[] inputs : own) {
            inputs[form].reserve(OWN_ROWS, m.k);
        }
    }

    /** Return what multiplies k weights of a format as integers, if anything does. */
    Optional<IntegerKernels> integers(WeightFormat format, int k) {
        return format.bits() > 0 && k % WeightFormat.BLOCK == 0 ? integers : Optional.empty();
    }

    Matmul.Room room(int worker) {
        return rooms[worker];
    }

    /** Return what multiplies {@link #ownsAll few} rows. */
    FewRows few(int worker, WeightFormat format) {
        return few[worker][form(format)];
    }

    /** Say whether batches of so many rows are taken by each worker for itself. */
    static boolean ownsAll(int rows) {
        return rows <= OWN_ROWS;
    }

    /** Return where a worker finds its batch's rows. */
    Inputs inputs(int worker, WeightFormat format, int rows) {
        return ownsAll(rows) ? own[worker][form(format)] : shared[form(format)];
    }
}
