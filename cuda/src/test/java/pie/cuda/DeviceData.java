package pie.cuda;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import pie.cuda.api.CudaApi;

/** Move arrays to and from a device, for tests that launch single kernels. */
final class DeviceData {
    private final CudaApi api;
    private final NumberFormat format;
    private final MemorySegment staging;

    DeviceData(CudaApi api, NumberFormat format) {
        this.api = api;
        this.format = format;
        staging = api.allocateHost(16 << 20);
    }

    private long send(long bytes) {
        long address = api.allocate(bytes);
        api.copyIn(address, staging, bytes);
        api.synchronize();
        return address;
    }

    private void fetch(long address, long bytes) {
        api.copyOut(staging, address, bytes);
        api.synchronize();
    }

    long zeros(long bytes) {
        long address = api.allocate(bytes);
        api.fill(address, (byte) 0, bytes);
        return address;
    }

    long ints(int... values) {
        MemorySegment.copy(values, 0, staging, JAVA_INT, 0, values.length);
        return send(4L * Math.max(1, values.length));
    }

    long longs(long... values) {
        MemorySegment.copy(values, 0, staging, JAVA_LONG, 0, values.length);
        return send(8L * Math.max(1, values.length));
    }

    long floats(float... values) {
        MemorySegment.copy(values, 0, staging, JAVA_FLOAT, 0, values.length);
        return send(4L * Math.max(1, values.length));
    }

    /** Send in the number format. */
    long numbers(float... values) {
        for (int i = 0; i < values.length; i++) {
            staging.setAtIndex(JAVA_SHORT, i, format.narrow(values[i]));
        }
        return send(2L * Math.max(1, values.length));
    }

    int[] readInts(long address, int n) {
        fetch(address, 4L * n);
        return staging.asSlice(0, 4L * n).toArray(JAVA_INT);
    }

    float[] readFloats(long address, int n) {
        fetch(address, 4L * n);
        return staging.asSlice(0, 4L * n).toArray(JAVA_FLOAT);
    }

    float[] readNumbers(long address, int n) {
        fetch(address, 2L * n);
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = format.widen(staging.getAtIndex(JAVA_SHORT, i));
        }
        return values;
    }

    /** Return random values that the number format holds exactly. */
    float[] random(Random random, int n, float scale) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = rounded((float) random.nextGaussian() * scale);
        }
        return values;
    }

    float rounded(float v) {
        return format.widen(format.narrow(v));
    }
}
