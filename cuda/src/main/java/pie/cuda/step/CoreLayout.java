package pie.cuda.step;

/**
 * Place the inputs that every step has in one buffer, sent as one copy; offsets in ints, starts of arrays on 16 bytes. Structures are
 * those of the kernels.
 *
 * <pre>
 * counts   blocks of 8: rows, head rows, draws, items, merges; the first for the layers, one for each launch of the head or sampler
 * </pre>
 */
final class CoreLayout {
    static final int COUNTS = 8;
    static final int COUNT_ROWS = 0;
    static final int COUNT_HEADS = 1;
    static final int COUNT_DRAWS = 2;
    static final int COUNT_ITEMS = 3;
    static final int COUNT_MERGES = 4;
    static final int REQUEST = 12;
    static final int ITEM = 8;
    static final int MERGE = 4;
    static final int DRAW = 10;

    final int blocks;
    final int tokens;
    final int angles;
    final int places;
    final int adapters;
    final int heads;
    final int requests;
    final int draws;
    final int merges;
    final int items;
    final int size;

    CoreLayout(StepShape shape) {
        int rows = shape.maxRows();
        int launches = 2 * ((rows + StepShape.HEAD_ROWS - 1) / StepShape.HEAD_ROWS) + 2;
        blocks = 1 + 2 * launches;
        tokens = up(blocks * COUNTS);
        angles = tokens + up(rows);
        places = angles + up(rows);
        adapters = places + up(rows);
        heads = adapters + up(rows);
        requests = heads + up(rows);
        draws = requests + up(shape.maxRequests() * REQUEST);
        merges = draws + up(rows * DRAW);
        items = merges + up(StepShape.PARTIALS * MERGE);
        size = items + up(shape.maxItems() * ITEM);
    }

    private static int up(int ints) {
        return (ints + 3) / 4 * 4;
    }
}
