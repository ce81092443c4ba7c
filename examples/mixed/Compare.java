/** The answer that is nearest to all others, and how far they are from it on the mean. */
record Found(int index, double distance) {}

Found medoid(int[][] answers) {
    var best = new Found(0, Double.MAX_VALUE);
    for (int i = 0; i < answers.length; i++) {
        double sum = 0;
        for (int[] other : answers) {
            sum += distance(answers[i], other);
        }
        double mean = sum / Math.max(1, answers.length - 1);
        if (mean < best.distance()) {
            best = new Found(i, mean);
        }
    }
    return best;
}

/** The least number of tokens to add, drop or change that turns a into b. */
int distance(int[] a, int[] b) {
    int[] row = new int[b.length + 1];
    for (int j = 0; j <= b.length; j++) {
        row[j] = j;
    }
    for (int i = 1; i <= a.length; i++) {
        int diagonal = row[0];
        row[0] = i;
        for (int j = 1; j <= b.length; j++) {
            int change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
        }
    }
    return row[b.length];
}
