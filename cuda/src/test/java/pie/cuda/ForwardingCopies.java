package pie.cuda;

import java.lang.foreign.MemorySegment;
import pie.cuda.api.CopyStream;
import pie.cuda.api.CudaApi;

/** Pass every call of the stream of copies on, so that a test may change one. */
class ForwardingCopies implements CopyStream {
    final CopyStream to;

    ForwardingCopies(CopyStream to) {
        this.to = to;
    }

    /** Return an API whose copies go another way. */
    static CudaApi in(CudaApi api, CopyStream copies) {
        return new ForwardingApi(api) {
            @Override
            public CopyStream copies() {
                return copies;
            }
        };
    }

    @Override
    public void copyIn(long at, MemorySegment from, long bytes) {
        to.copyIn(at, from, bytes);
    }

    @Override
    public void copyOut(MemorySegment at, long from, long bytes) {
        to.copyOut(at, from, bytes);
    }

    @Override
    public void copy(long at, long from, long bytes) {
        to.copy(at, from, bytes);
    }

    @Override
    public void record(CudaApi.Event event) {
        to.record(event);
    }

    @Override
    public void waitFor(CudaApi.Event event) {
        to.waitFor(event);
    }

    @Override
    public void synchronize() {
        to.synchronize();
    }
}
