package pie.cuda.step;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import pie.cuda.api.CudaApi;

/** Hold device memory and two pinned copies of it on the host, filled in turns: one may still be on its way while the other is written. */
final class StagedBuffer {
    private final CudaApi api;
    private final MemorySegment[] host = new MemorySegment[2];
    private long device;
    private long bytes;

    StagedBuffer(CudaApi api, long bytes) {
        this.api = api;
        allocate(bytes);
    }

    private void allocate(long size) {
        device = api.allocate(size);
        api.fill(device, (byte) 0, size);
        for (int i = 0; i < host.length; i++) {
            host[i] = api.allocateHost(size);
            host[i].fill((byte) 0);
        }
        bytes = size;
    }

    /** Make room; returns true if the device address has changed. Content is lost. */
    boolean ensure(long size) {
        if (size <= bytes) {
            return false;
        }
        api.synchronize();
        api.free(device);
        for (MemorySegment segment : host) {
            api.freeHost(segment);
        }
        long wanted = Math.max(size, 2 * bytes);
        bytes = 0; // what is gone is not there if allocation fails
        device = 0;
        Arrays.fill(host, MemorySegment.NULL);
        allocate(wanted);
        return true;
    }

    long device() {
        return device;
    }

    MemorySegment host(int turn) {
        return host[turn];
    }

    void send(int turn, long size) {
        send(turn, 0, size);
    }

    void send(int turn, long from, long size) {
        if (size > 0) {
            api.copyIn(device + from, host[turn].asSlice(from, size), size);
        }
    }
}
