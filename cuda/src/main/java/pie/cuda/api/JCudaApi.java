package pie.cuda.api;

import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR;
import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR;
import static jcuda.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUfunction;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;
import org.jspecify.annotations.Nullable;

/** Call the driver API through JCuda. */
public final class JCudaApi implements CudaApi {
    private static final int NOT_READY = 600;
    private static final int NAME_BYTES = 256;

    private record JFunction(FunctionHandle handle) implements Function {}

    private record JEvent(CUevent handle) implements Event {}

    private record JGraph(CUgraph graph, CUgraphExec handle) implements Graph {}

    /** Name any address of the host. */
    private static final class HostAddress extends Pointer {
        HostAddress(long address) {
            super(address);
        }

        HostAddress() {
            this(0);
        }

        long address() {
            return getNativePointer() + getByteOffset();
        }
    }

    /** Name any address of the device: JCuda has no constructor for it, but adds an offset to null. */
    private static final class DeviceAddress extends CUdeviceptr {
        private static final CUdeviceptr NULL = new CUdeviceptr();

        static CUdeviceptr of(long address) {
            return NULL.withByteOffset(address);
        }

        long address() {
            return getNativePointer() + getByteOffset();
        }
    }

    /** Tell the handle's address; so does the next. */
    private static final class FunctionHandle extends CUfunction {
        long address() {
            return getNativePointer();
        }
    }

    private static final class StreamHandle extends CUstream {
        long address() {
            return getNativePointer();
        }
    }

    private final CUdevice device = new CUdevice();
    private final CUcontext context = new CUcontext();
    private final StreamHandle stream = new StreamHandle();
    private final CUstream copyStream = new CUstream();
    private final CopyStream copies = new Copies();
    private final List<CUmodule> modules = new ArrayList<>();
    private final List<CUevent> events = new ArrayList<>();
    private final List<JGraph> graphs = new ArrayList<>();
    private final List<Long> memory = new ArrayList<>();
    private final Map<Long, HostAddress> pinned = new HashMap<>();
    private final Optional<EarlyLaunch> earlyLaunch;
    private final String name;
    private final int multiprocessors;
    private final int computeCapability;

    private JCudaApi(int ordinal) {
        check("cuInit", JCudaDriver.cuInit(0));
        check("cuDeviceGet", JCudaDriver.cuDeviceGet(device, ordinal));
        byte[] text = new byte[NAME_BYTES];
        check("cuDeviceGetName", JCudaDriver.cuDeviceGetName(text, NAME_BYTES, device));
        name = text(text);
        multiprocessors = attribute(CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT);
        computeCapability = 10 * attribute(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR)
                + attribute(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
        check("cuDevicePrimaryCtxRetain", JCudaDriver.cuDevicePrimaryCtxRetain(context, device));
        try {
            check("cuCtxSetCurrent", JCudaDriver.cuCtxSetCurrent(context));
            check("cuStreamCreate", JCudaDriver.cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING));
            check("cuStreamCreate", JCudaDriver.cuStreamCreate(copyStream, CUstream_flags.CU_STREAM_NON_BLOCKING));
        } catch (CudaCallException e) {
            JCudaDriver.cuDevicePrimaryCtxRelease(device);
            throw e;
        }
        earlyLaunch =
                computeCapability >= EarlyLaunch.CAPABILITY ? EarlyLaunch.find(stream.address()) : Optional.empty();
    }

    private int attribute(int number) {
        int[] value = new int[1];
        check("cuDeviceGetAttribute", JCudaDriver.cuDeviceGetAttribute(value, number, device));
        return value[0];
    }

    /** Open a device for the calling thread. The driver library must be there: see {@link pie.cuda.CudaProbe}. */
    public static CudaApi open(int ordinal) {
        JCudaNatives.load();
        return new JCudaApi(ordinal);
    }

    private static String text(byte[] bytes) {
        int end = 0;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }

    private static void check(String call, int result) {
        if (result != 0) {
            throw failure(call, result);
        }
    }

    private static CudaCallException failure(String call, int result) {
        String name = CUresult.stringFor(result);
        @Nullable String[] meaning = new String[1];
        if (name.startsWith("CUDA_")) { // of others the driver has no text, and JCuda does not expect that
            JCudaDriver.cuGetErrorString(result, meaning);
        }
        return new CudaCallException(call, result, name, meaning[0] == null ? "no description" : meaning[0]);
    }

    @Override
    public String deviceName() {
        return name;
    }

    @Override
    public int multiprocessors() {
        return multiprocessors;
    }

    @Override
    public long freeMemory() {
        return memory()[0];
    }

    @Override
    public long totalMemory() {
        return memory()[1];
    }

    private static long[] memory() {
        long[] free = new long[1];
        long[] total = new long[1];
        check("cuMemGetInfo", JCudaDriver.cuMemGetInfo(free, total));
        return new long[] {free[0], total[0]};
    }

    @Override
    public long allocate(long bytes) {
        DeviceAddress address = new DeviceAddress();
        check("cuMemAlloc of " + bytes + " bytes", JCudaDriver.cuMemAlloc(address, bytes));
        memory.add(address.address());
        return address.address();
    }

    @Override
    public void free(long address) {
        memory.remove(address);
        check("cuMemFree", JCudaDriver.cuMemFree(DeviceAddress.of(address)));
    }

    @Override
    @SuppressWarnings("restricted")
    public MemorySegment allocateHost(long bytes) {
        HostAddress host = new HostAddress();
        check("cuMemHostAlloc of " + bytes + " bytes", JCudaDriver.cuMemHostAlloc(host, bytes, 0));
        MemorySegment segment;
        long address = host.address();
        if (address != 0) {
            segment = MemorySegment.ofAddress(address).reinterpret(bytes);
        } else {
            segment = MemorySegment.ofBuffer(host.getByteBuffer(0, bytes));
        }
        pinned.put(segment.address(), host);
        return segment;
    }

    @Override
    public void freeHost(MemorySegment segment) {
        HostAddress host = pinned.remove(segment.address());
        if (host != null) {
            check("cuMemFreeHost", JCudaDriver.cuMemFreeHost(host));
        }
    }

    @Override
    public int computeCapability() {
        return computeCapability;
    }

    @Override
    public void load(byte[] image) {
        CUmodule module = new CUmodule();
        check("cuModuleLoadData", JCudaDriver.cuModuleLoadData(module, Arrays.copyOf(image, image.length + 1)));
        modules.add(module);
    }

    @Override
    public Function function(String function) {
        FunctionHandle handle = new FunctionHandle();
        check("cuModuleGetFunction " + function, JCudaDriver.cuModuleGetFunction(handle, modules.getLast(), function));
        return new JFunction(handle);
    }

    @Override
    public void launch(Function function, int gridX, int gridY, int threads, ParamBlock params, boolean early) {
        if (early && earlyLaunch.isPresent()) {
            check(
                    "cuLaunchKernelEx",
                    earlyLaunch.get().launch(((JFunction) function).handle.address(), gridX, gridY, threads, params));
            return;
        }
        check(
                "cuLaunchKernel",
                JCudaDriver.cuLaunchKernel(
                        ((JFunction) function).handle,
                        gridX,
                        gridY,
                        1,
                        threads,
                        1,
                        1,
                        0,
                        stream,
                        new HostAddress(params.address()),
                        null));
    }

    @Override
    public void copyIn(long to, MemorySegment from, long bytes) {
        copyIn(to, from, bytes, stream);
    }

    private static void copyIn(long to, MemorySegment from, long bytes, CUstream on) {
        check(
                "cuMemcpyHtoDAsync",
                JCudaDriver.cuMemcpyHtoDAsync(DeviceAddress.of(to), new HostAddress(from.address()), bytes, on));
    }

    @Override
    public void copyOut(MemorySegment to, long from, long bytes) {
        copyOut(to, from, bytes, stream);
    }

    private static void copyOut(MemorySegment to, long from, long bytes, CUstream on) {
        check(
                "cuMemcpyDtoHAsync",
                JCudaDriver.cuMemcpyDtoHAsync(new HostAddress(to.address()), DeviceAddress.of(from), bytes, on));
    }

    @Override
    public void copy(long to, long from, long bytes) {
        copy(to, from, bytes, stream);
    }

    private static void copy(long to, long from, long bytes, CUstream on) {
        check(
                "cuMemcpyDtoDAsync",
                JCudaDriver.cuMemcpyDtoDAsync(DeviceAddress.of(to), DeviceAddress.of(from), bytes, on));
    }

    private static void record(Event event, CUstream on) {
        check("cuEventRecord", JCudaDriver.cuEventRecord(((JEvent) event).handle, on));
    }

    private static void waitFor(Event event, CUstream on) {
        check("cuStreamWaitEvent", JCudaDriver.cuStreamWaitEvent(on, ((JEvent) event).handle, 0));
    }

    /** The second stream. */
    private final class Copies implements CopyStream {
        @Override
        public void copyIn(long to, MemorySegment from, long bytes) {
            JCudaApi.copyIn(to, from, bytes, copyStream);
        }

        @Override
        public void copyOut(MemorySegment to, long from, long bytes) {
            JCudaApi.copyOut(to, from, bytes, copyStream);
        }

        @Override
        public void copy(long to, long from, long bytes) {
            JCudaApi.copy(to, from, bytes, copyStream);
        }

        @Override
        public void record(Event event) {
            JCudaApi.record(event, copyStream);
        }

        @Override
        public void waitFor(Event event) {
            JCudaApi.waitFor(event, copyStream);
        }

        @Override
        public void synchronize() {
            check("cuStreamSynchronize", JCudaDriver.cuStreamSynchronize(copyStream));
        }
    }

    @Override
    public long stream() {
        return stream.address();
    }

    @Override
    public CopyStream copies() {
        return copies;
    }

    @Override
    public void waitFor(Event event) {
        waitFor(event, stream);
    }

    @Override
    public void fill(long at, byte value, long bytes) {
        check("cuMemsetD8Async", JCudaDriver.cuMemsetD8Async(DeviceAddress.of(at), value, bytes, stream));
    }

    @Override
    public Event newEvent() {
        CUevent event = new CUevent();
        check("cuEventCreate", JCudaDriver.cuEventCreate(event, CUevent_flags.CU_EVENT_DISABLE_TIMING));
        events.add(event);
        return new JEvent(event);
    }

    @Override
    public void record(Event event) {
        record(event, stream);
    }

    @Override
    public boolean reached(Event event) {
        int result = JCudaDriver.cuEventQuery(((JEvent) event).handle);
        if (result == NOT_READY) {
            return false;
        }
        check("cuEventQuery", result);
        return true;
    }

    @Override
    public void await(Event event) {
        check("cuEventSynchronize", JCudaDriver.cuEventSynchronize(((JEvent) event).handle));
    }

    @Override
    public void synchronize() {
        check("cuStreamSynchronize", JCudaDriver.cuStreamSynchronize(stream));
    }

    @Override
    public void beginCapture() {
        check(
                "cuStreamBeginCapture",
                JCudaDriver.cuStreamBeginCapture(stream, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL));
    }

    @Override
    public Graph endCapture() {
        CUgraph graph = new CUgraph();
        check("cuStreamEndCapture", JCudaDriver.cuStreamEndCapture(stream, graph));
        CUgraphExec exec = new CUgraphExec();
        int result = JCudaDriver.cuGraphInstantiate(exec, graph, 0);
        if (result != 0) {
            JCudaDriver.cuGraphDestroy(graph);
            throw failure("cuGraphInstantiate", result);
        }
        JGraph made = new JGraph(graph, exec);
        graphs.add(made);
        return made;
    }

    @Override
    public void dropCapture() {
        CUgraph graph = new CUgraph();
        if (JCudaDriver.cuStreamEndCapture(stream, graph) == 0) {
            JCudaDriver.cuGraphDestroy(graph);
        }
    }

    @Override
    public void launch(Graph graph) {
        check("cuGraphLaunch", JCudaDriver.cuGraphLaunch(((JGraph) graph).handle, stream));
    }

    @Override
    public void free(Graph graph) {
        JGraph made = (JGraph) graph;
        graphs.remove(made);
        check("cuGraphExecDestroy", JCudaDriver.cuGraphExecDestroy(made.handle));
        check("cuGraphDestroy", JCudaDriver.cuGraphDestroy(made.graph));
    }

    /** Results are not looked at: after a sticky error every call fails, and letting go of the context frees all of it. */
    @Override
    public void close() {
        JCudaDriver.cuStreamSynchronize(copyStream);
        JCudaDriver.cuStreamSynchronize(stream);
        for (JGraph graph : graphs) {
            JCudaDriver.cuGraphExecDestroy(graph.handle);
            JCudaDriver.cuGraphDestroy(graph.graph);
        }
        events.forEach(JCudaDriver::cuEventDestroy);
        modules.forEach(JCudaDriver::cuModuleUnload);
        memory.forEach(address -> JCudaDriver.cuMemFree(DeviceAddress.of(address)));
        pinned.values().forEach(JCudaDriver::cuMemFreeHost);
        JCudaDriver.cuStreamDestroy(copyStream);
        JCudaDriver.cuStreamDestroy(stream);
        JCudaDriver.cuDevicePrimaryCtxRelease(device);
    }
}
