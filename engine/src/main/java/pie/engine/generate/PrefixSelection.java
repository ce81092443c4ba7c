package pie.engine.generate;

/**
 * Find the shortest prefix of an order that reaches a target, without sorting: quickselect on sums. An order is rank descending, then
 * logit descending, then position ascending; an empty rank array ranks all alike and an empty weight array counts each as one.
 */
final class PrefixSelection {
    private static final long[] NONE = {};

    private PrefixSelection() {}

    static int byCount(int[] positions, int n, float[] z, long target) {
        return select(positions, n, NONE, z, NONE, target);
    }

    static int byWeight(int[] positions, int n, float[] z, long[] weight, long target) {
        return select(positions, n, NONE, z, weight, target);
    }

    static int byRank(int[] positions, int n, long[] rank, float[] z, long[] weight, long target) {
        return select(positions, n, rank, z, weight, target);
    }

    static boolean before(float[] z, int a, int b) {
        return before(NONE, z, a, b);
    }

    /** Return the length m of the prefix; {@code positions[0, m)} holds it in any order. */
    private static int select(int[] positions, int n, long[] rank, float[] z, long[] weight, long target) {
        int low = 0;
        int high = n;
        long left = target;
        while (high - low > 1) {
            int pivot = pivot(positions, low, high, rank, z);
            int edge = low;
            long sum = 0;
            swap(positions, pivot, high - 1);
            int middle = positions[high - 1];
            for (int i = low; i < high - 1; i++) {
                int p = positions[i];
                if (before(rank, z, p, middle)) {
                    sum += weight.length == 0 ? 1 : weight[p];
                    positions[i] = positions[edge];
                    positions[edge++] = p;
                }
            }
            swap(positions, edge, high - 1);
            if (edge > low && sum >= left) {
                high = edge;
                continue;
            }
            sum += weight.length == 0 ? 1 : weight[middle];
            if (sum >= left || edge == high - 1) {
                return edge + 1;
            }
            left -= sum;
            low = edge + 1;
        }
        return high;
    }

    private static int pivot(int[] positions, int low, int high, long[] rank, float[] z) {
        int middle = (low + high) >>> 1;
        int a = positions[low];
        int b = positions[middle];
        int c = positions[high - 1];
        if (before(rank, z, a, b)) {
            if (before(rank, z, b, c)) {
                return middle;
            }
            return before(rank, z, a, c) ? high - 1 : low;
        }
        if (before(rank, z, a, c)) {
            return low;
        }
        return before(rank, z, b, c) ? high - 1 : middle;
    }

    private static boolean before(long[] rank, float[] z, int a, int b) {
        if (rank.length != 0 && rank[a] != rank[b]) {
            return rank[a] > rank[b];
        }
        return z[a] != z[b] ? z[a] > z[b] : a < b;
    }

    private static void swap(int[] positions, int a, int b) {
        int p = positions[a];
        positions[a] = positions[b];
        positions[b] = p;
    }
}
