package pie.cuda.step;

import pie.cuda.Kernel;

/**
 * Norm rows of the residual stream and multiply them by a matrix: few rows in one launch, each block norming its rows for itself, many rows in
 * two, so that each is normed once. The results are the same bits.
 */
final class NormedGemm {
    /** Most rows that blocks norm for themselves. */
    static final int FEW = 32;

    private final Gemm fused;
    private final Kernel norm;
    private final Gemm plain;

    NormedGemm(Gemm fused, Kernel norm, Gemm plain) {
        this.fused = fused;
        this.norm = norm;
        this.plain = plain;
    }

    void adapt(long table) {
        fused.set(Arguments.NORMED_TABLE, table);
        plain.adapt(Arguments.PLAIN_TABLE, Arguments.FINISH_TABLE, table);
    }

    void touch() {
        fused.touch();
        norm.launch(1, 1);
        plain.touch();
    }

    void launch(int rows, boolean mayLibrary) {
        if (rows <= FEW) {
            fused.launch(rows, false);
        } else {
            norm.follow(rows, 1);
            plain.launch(rows, mayLibrary);
        }
    }
}
