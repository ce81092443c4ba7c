package pie.cuda.model;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.stream.IntStream;
import pie.cuda.NumberFormat;
import pie.cuda.api.CudaApi;
import pie.engine.model.Dequantizer;

/** Turn stored tensors into the number format of the device and send them there, through one piece of pinned memory. */
public final class Uploader implements AutoCloseable {
    private static final long STAGING_BYTES = 32L << 20;

    private final CudaApi api;
    private final NumberFormat format;
    private final MemorySegment staging;
    private final boolean plain;
    private long bytes;

    /** @param plain whether matrices are also kept row by row */
    public Uploader(CudaApi api, NumberFormat format, boolean plain) {
        this.plain = plain;
        this.api = api;
        this.format = format;
        staging = api.allocateHost(STAGING_BYTES);
    }

    /** Return device memory taken so far. */
    public long bytes() {
        return bytes;
    }

    PackedMatrix matrix(RowOrder order, int outputs) {
        int tiles = PackedMatrix.tiles(order.rows());
        int columnTiles = PackedMatrix.columnTiles(order.columns());
        long rowBytes = (long) columnTiles * PackedMatrix.TILE_BYTES;
        long address = allocate(tiles * rowBytes);
        int most = Math.toIntExact(STAGING_BYTES / rowBytes);
        for (int from = 0; from < tiles; from += most) {
            int first = from;
            int count = Math.min(most, tiles - from);
            IntStream.range(0, count).parallel().forEach(i -> pack(order, first + i, columnTiles, i * rowBytes));
            api.copyIn(address + from * rowBytes, staging, count * rowBytes);
            api.synchronize();
        }
        return new PackedMatrix(
                address, outputs, order.columns(), tiles, columnTiles, plain ? plain(order, tiles, columnTiles) : 0);
    }

    private long plain(RowOrder order, int tiles, int columnTiles) {
        int stride = columnTiles * PackedMatrix.TILE_COLUMNS;
        int rows = tiles * PackedMatrix.TILE_ROWS;
        long address = allocate(2L * rows * stride);
        int most = Math.toIntExact(STAGING_BYTES / (2L * stride));
        for (int from = 0; from < rows; from += most) {
            int first = from;
            int count = Math.min(most, rows - from);
            IntStream.range(0, count).parallel().forEach(i -> {
                float[] values = new float[stride];
                boolean there = order.read(first + i, (tensor, row) -> Dequantizer.rows(tensor, row, 1, values, 0));
                for (int k = 0; k < stride; k++) {
                    float v = there && k < order.columns() ? values[k] : 0f;
                    staging.set(ValueLayout.JAVA_SHORT, 2L * ((long) i * stride + k), format.narrow(v));
                }
            });
            api.copyIn(address + 2L * from * stride, staging, 2L * count * stride);
            api.synchronize();
        }
        return address;
    }

    private void pack(RowOrder order, int tile, int columnTiles, long at) {
        int columns = order.columns();
        float[] values = new float[columnTiles * PackedMatrix.TILE_COLUMNS];
        for (int r = 0; r < PackedMatrix.TILE_ROWS; r++) {
            boolean there = order.read(
                    tile * PackedMatrix.TILE_ROWS + r, (tensor, row) -> Dequantizer.rows(tensor, row, 1, values, 0));
            long to = at + 2L * (r / 8 * 256 + r % 8 * 32);
            for (int k = 0; k < values.length; k++) {
                float v = there && k < columns ? values[k] : 0f;
                if (!format.holds(v)) {
                    throw new WeightOutOfRange(v);
                }
                staging.set(
                        ValueLayout.JAVA_SHORT,
                        to + (long) (k / 32) * PackedMatrix.TILE_BYTES + 2L * (k % 32),
                        format.narrow(v));
            }
        }
    }

    long floats(float[] values) {
        long address = allocate(4L * values.length);
        int most = (int) (STAGING_BYTES / 4);
        for (int from = 0; from < values.length; from += most) {
            int count = Math.min(most, values.length - from);
            MemorySegment.copy(values, from, staging, ValueLayout.JAVA_FLOAT, 0, count);
            api.copyIn(address + 4L * from, staging, 4L * count);
            api.synchronize();
        }
        return address;
    }

    private long allocate(long size) {
        bytes += size;
        return api.allocate(size);
    }

    @Override
    public void close() {
        api.freeHost(staging);
    }
}
