package pie.cuda.step;

/**
 * Say for how many rows, attention items, merges, head rows and draws kernels are launched; what there is may be less.
 *
 * @param adapted whether some row has an adapter
 */
record Grid(int rows, int items, int merges, int heads, int draws, boolean adapted) {
    /** Return a grid that many steps share, for recorded launches. */
    Grid bucket() {
        return new Grid(up(rows), up(items), merges == 0 ? 0 : up(merges), up(heads), up(draws), adapted);
    }

    private static int up(int n) {
        if (n <= 8) {
            return n <= 1 ? n : Integer.highestOneBit(n - 1) * 2;
        }
        int unit = n <= 64 ? 8 : n <= 256 ? 32 : Integer.highestOneBit(n - 1) / 4;
        return (n + unit - 1) / unit * unit;
    }
}
