package pie.cuda;

import java.lang.foreign.MemorySegment;
import pie.cuda.api.CopyStream;
import pie.cuda.api.CudaApi;
import pie.cuda.api.ParamBlock;

/** Pass every call on, so that a test may change one. */
class ForwardingApi implements CudaApi {
    final CudaApi to;

    ForwardingApi(CudaApi to) {
        this.to = to;
    }

    @Override
    public String deviceName() {
        return to.deviceName();
    }

    @Override
    public int multiprocessors() {
        return to.multiprocessors();
    }

    @Override
    public long freeMemory() {
        return to.freeMemory();
    }

    @Override
    public long totalMemory() {
        return to.totalMemory();
    }

    @Override
    public long allocate(long bytes) {
        return to.allocate(bytes);
    }

    @Override
    public void free(long address) {
        to.free(address);
    }

    @Override
    public MemorySegment allocateHost(long bytes) {
        return to.allocateHost(bytes);
    }

    @Override
    public void freeHost(MemorySegment memory) {
        to.freeHost(memory);
    }

    @Override
    public int computeCapability() {
        return to.computeCapability();
    }

    @Override
    public void load(byte[] image) {
        to.load(image);
    }

    @Override
    public Function function(String name) {
        return to.function(name);
    }

    @Override
    public void launch(Function function, int gridX, int gridY, int threads, ParamBlock params, boolean early) {
        to.launch(function, gridX, gridY, threads, params, early);
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
    public void fill(long at, byte value, long bytes) {
        to.fill(at, value, bytes);
    }

    @Override
    public Event newEvent() {
        return to.newEvent();
    }

    @Override
    public void record(Event event) {
        to.record(event);
    }

    @Override
    public boolean reached(Event event) {
        return to.reached(event);
    }

    @Override
    public void await(Event event) {
        to.await(event);
    }

    @Override
    public void waitFor(Event event) {
        to.waitFor(event);
    }

    @Override
    public long stream() {
        return to.stream();
    }

    @Override
    public CopyStream copies() {
        return to.copies();
    }

    @Override
    public void synchronize() {
        to.synchronize();
    }

    @Override
    public void beginCapture() {
        to.beginCapture();
    }

    @Override
    public Graph endCapture() {
        return to.endCapture();
    }

    @Override
    public void dropCapture() {
        to.dropCapture();
    }

    @Override
    public void launch(Graph graph) {
        to.launch(graph);
    }

    @Override
    public void free(Graph graph) {
        to.free(graph);
    }

    @Override
    public void close() {
        to.close();
    }
}
