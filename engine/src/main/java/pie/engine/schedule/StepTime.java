package pie.engine.schedule;

/** Predict a step's time as c0 + c1 · rows + c2 · KV tokens read, fitted by least squares that forget. */
final class StepTime {
    private static final double FORGET = 0.98;
    private static final int ENOUGH = 16;
    private static final double RIDGE = 1e-6;

    private final double[][] a = new double[3][4];
    private final double[] c = new double[3];
    private final double[][] work = new double[3][4];
    private int steps;

    /** Learn from a step. KV tokens are counted in thousands inside, to keep the equations well scaled. */
    void learn(int rows, long kvTokens, long nanos) {
        double k = kvTokens / 1000.0;
        double t = nanos / 1000.0;
        for (double[] row : a) {
            for (int j = 0; j < 4; j++) {
                row[j] *= FORGET;
            }
        }
        add(0, 1, rows, k, t);
        add(1, rows, rows, k, t);
        add(2, k, rows, k, t);
        steps++;
        if (steps >= ENOUGH) {
            solve();
        }
    }

    private void add(int i, double x, double rows, double k, double t) {
        a[i][0] += x;
        a[i][1] += x * rows;
        a[i][2] += x * k;
        a[i][3] += x * t;
    }

    boolean fitted() {
        return steps >= ENOUGH;
    }

    long nanos(int rows, long kvTokens) {
        return (long) (1000 * (c[0] + c[1] * rows + c[2] * kvTokens / 1000.0));
    }

    private void solve() {
        for (int i = 0; i < 3; i++) {
            System.arraycopy(a[i], 0, work[i], 0, 4);
            work[i][i] += RIDGE * (1 + a[i][i]);
        }
        for (int i = 0; i < 3; i++) {
            for (int j = i + 1; j < 3; j++) {
                double f = work[j][i] / work[i][i];
                for (int k = i; k < 4; k++) {
                    work[j][k] -= f * work[i][k];
                }
            }
        }
        for (int i = 2; i >= 0; i--) {
            double x = work[i][3];
            for (int j = i + 1; j < 3; j++) {
                x -= work[i][j] * c[j];
            }
            c[i] = Math.max(0, x / work[i][i]);
        }
    }
}
