package pie.cuda.model;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import pie.cuda.api.CudaApi;
import pie.engine.PieException;
import pie.engine.driver.LoraAdapter;
import pie.engine.model.ModelConfig;

/**
 * Keep low-rank adapters on the device. Each packed matrix has a table with one entry an adapter; adapters of the parts of a matrix, such as
 * queries and keys, are put together as one of the sum of their ranks.
 */
public final class AdapterTables {
    /** Adapters at once. */
    public static final int MOST = 32;
    /** Rank of one target. */
    public static final int MOST_TARGET_RANK = 128;
    /** Rank of a packed matrix, of at most three targets. */
    public static final int MOST_RANK = 3 * MOST_TARGET_RANK;

    private static final int ENTRY_BYTES = 24;

    /** Addresses of a layer's tables. */
    public record Layer(long rotate, long output, long gateUp, long down) {}

    /** A part of a packed matrix: packed row {@code row(i)} is row i of the part. */
    private record Part(String tensor, int rows, java.util.function.IntUnaryOperator packed) {}

    private final CudaApi api;
    private final ModelConfig config;
    private final long tables;
    private final MemorySegment staging;
    private final long[] memory = new long[MOST];
    private final boolean[] loaded = new boolean[MOST];

    public AdapterTables(CudaApi api, ModelConfig config) {
        this.api = api;
        this.config = config;
        long bytes = (long) ENTRY_BYTES * MOST * 4 * config.layers();
        tables = api.allocate(bytes);
        api.fill(tables, (byte) 0, bytes);
        staging = api.allocateHost(ENTRY_BYTES);
    }

    public Layer layer(int index) {
        return new Layer(table(index, 0), table(index, 1), table(index, 2), table(index, 3));
    }

    private long table(int layer, int matrix) {
        return tables + (long) ENTRY_BYTES * MOST * (4 * layer + matrix);
    }

    /** Say whether rows may have an adapter; numbers count from 1. */
    public boolean isLoaded(int number) {
        return number >= 1 && number <= MOST && loaded[number - 1];
    }

    /**
     * Put an adapter in place; what was there is gone. All earlier steps must have run.
     *
     * @throws PieException INVALID_ARGUMENT for a target or shape that the model does not have
     */
    public void load(int number, LoraAdapter adapter) {
        if (number < 1 || number > MOST) {
            throw PieException.invalid("adapter " + number + " is not in 1 .. " + MOST);
        }
        adapter.check(config, MOST_TARGET_RANK);
        unload(number);
        List<float[]> pieces = new ArrayList<>();
        List<int[]> places = new ArrayList<>();
        for (int layer = 0; layer < config.layers(); layer++) {
            List<List<Part>> matrices = matrices(layer);
            for (int matrix = 0; matrix < matrices.size(); matrix++) {
                stack(adapter, matrices.get(matrix), pieces, places, 4 * layer + matrix);
            }
        }
        long floats = pieces.stream().mapToLong(p -> p.length).sum();
        if (floats > 0) {
            memory[number - 1] = api.allocate(4 * floats);
        }
        long at = memory[number - 1];
        for (int i = 0; i < places.size(); i++) {
            long a = at;
            at = send(pieces.get(2 * i), at);
            long b = at;
            at = send(pieces.get(2 * i + 1), at);
            entry(places.get(i)[0], number, a, b, places.get(i)[1]);
        }
        loaded[number - 1] = true;
    }

    /** Take an adapter away. All earlier steps must have run. */
    public void unload(int number) {
        if (!isLoaded(number)) {
            return;
        }
        loaded[number - 1] = false;
        for (int table = 0; table < 4 * config.layers(); table++) {
            entry(table, number, 0, 0, 0);
        }
        if (memory[number - 1] != 0) {
            api.free(memory[number - 1]);
            memory[number - 1] = 0;
        }
    }

    private long send(float[] values, long to) {
        MemorySegment host = api.allocateHost(4L * values.length);
        MemorySegment.copy(values, 0, host, JAVA_FLOAT, 0, values.length);
        api.copyIn(to, host, 4L * values.length);
        api.synchronize();
        api.freeHost(host);
        return to + 4L * values.length;
    }

    private void entry(int table, int number, long a, long b, int rank) {
        staging.set(JAVA_LONG, 0, a);
        staging.set(JAVA_LONG, 8, b);
        staging.set(JAVA_INT, 16, rank);
        staging.set(JAVA_INT, 20, 0);
        api.copyIn(tables + (long) ENTRY_BYTES * (MOST * table + number - 1), staging, ENTRY_BYTES);
        api.synchronize();
    }

    /** Return the parts of the four packed matrices of a layer. */
    private List<List<Part>> matrices(int layer) {
        String at = "blk." + layer + ".";
        int queries = config.heads() * config.headDim();
        int keys = config.kvHeads() * config.headDim();
        int half = PackedMatrix.TILE_ROWS / 2;
        return List.of(
                List.of(
                        new Part(at + "attn_q.weight", queries, this::rotary),
                        new Part(at + "attn_k.weight", keys, i -> queries + rotary(i)),
                        new Part(at + "attn_v.weight", keys, i -> queries + keys + i)),
                List.of(new Part(at + "attn_output.weight", config.hidden(), i -> i)),
                List.of(
                        new Part(at + "ffn_gate.weight", config.ffn(), i -> i / half * 2 * half + i % half),
                        new Part(at + "ffn_up.weight", config.ffn(), i -> i / half * 2 * half + half + i % half)),
                List.of(new Part(at + "ffn_down.weight", config.hidden(), i -> i)));
    }

    /** Return the packed row of a row of queries or keys. Adapters name rows as checkpoints do: halves of a head are rotated together. */
    private int rotary(int row) {
        int head = row / config.headDim() * config.headDim();
        return head + RowOrder.Part.tiled(row - head, config.rotaryDim());
    }

    private void stack(LoraAdapter adapter, List<Part> parts, List<float[]> pieces, List<int[]> places, int table) {
        int rank = 0;
        int inputs = 0;
        int packedRows = 0;
        for (Part part : parts) {
            packedRows += part.rows;
            var target = adapter.target(part.tensor);
            if (target.isPresent()) {
                rank += target.get().rank();
                inputs = target.get().inputs();
            }
        }
        if (rank == 0) {
            return;
        }
        int rows = (packedRows + PackedMatrix.TILE_ROWS - 1) / PackedMatrix.TILE_ROWS * PackedMatrix.TILE_ROWS;
        float[] a = new float[rank * inputs];
        float[] b = new float[rows * rank];
        int first = 0;
        for (Part part : parts) {
            var found = adapter.target(part.tensor);
            if (found.isEmpty()) {
                continue;
            }
            var target = found.get();
            System.arraycopy(target.a(), 0, a, first * inputs, target.rank() * inputs);
            for (int i = 0; i < part.rows; i++) {
                int to = part.packed.applyAsInt(i) * rank + first;
                for (int r = 0; r < target.rank(); r++) {
                    b[to + r] = target.scale() * target.b()[i * target.rank() + r];
                }
            }
            first += target.rank();
        }
        pieces.add(a);
        pieces.add(b);
        places.add(new int[] {table, rank});
    }
}
