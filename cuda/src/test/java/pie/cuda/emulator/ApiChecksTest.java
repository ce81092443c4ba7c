package pie.cuda.emulator;

import static jcuda.driver.JCudaDriver.*;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUfunction;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUmodule;
import jcuda.driver.CUstream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import pie.cuda.emulator.Emulator.Scope;

/** The order of calls: what runs when, what is refused, and what an injected failure does. */
@ExtendWith(Emulator.class)
final class ApiChecksTest {
    private static final String ADD = Ptx.kernel(
            1,
            Ptx.element("%o0", "%a0", 4)
                    + "ld.global.u32 %r1, [%o0];\nadd.u32 %r1, %r1, 1;\nst.global.u32 [%o0], %r1;\n");

    private Ptx ptx;
    private final CUfunction function = new CUfunction();
    private final CUdeviceptr device = new CUdeviceptr();
    private final CUstream stream = new CUstream();
    private final Pointer pinned = new Pointer();
    private ByteBuffer numbers;

    @BeforeEach
    void open() {
        Emulator.reset();
        ptx = Ptx.open();
        CUmodule module = new CUmodule();
        Ptx.check(cuModuleLoadData(module, ADD));
        Ptx.check(cuModuleGetFunction(function, module, "k"));
        Ptx.check(cuMemAlloc(device, 128));
        Ptx.check(cuMemsetD32(device, 10, 32));
        Ptx.check(cuStreamCreate(stream, 1));
        Ptx.check(cuMemAllocHost(pinned, 128));
        numbers = pinned.getByteBuffer(0, 128).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        Ptx.check(cuCtxSynchronize());
    }

    @AfterEach
    void close() {
        ptx.close();
        Emulator.reset();
    }

    private int launch(CUstream on) {
        return cuLaunchKernel(function, 1, 1, 1, 32, 1, 1, 0, on, Pointer.to(Pointer.to(device)), null);
    }

    private static void assertFinding(String text) {
        assertThat(Emulator.findings()).anySatisfy(f -> assertThat(f).contains(text));
    }

    @Test
    void nothingRunsBeforeSomethingWaits() {
        numbers.putInt(0, -1);
        assertThat(launch(stream)).isZero();
        assertThat(cuMemcpyDtoHAsync(pinned, device, 128, stream)).isZero();
        assertThat(numbers.getInt(0)).as("not there yet").isEqualTo(-1);
        assertThat(cuStreamSynchronize(stream)).isZero();
        assertThat(numbers.getInt(0)).isEqualTo(11);
    }

    @Test
    void pinnedMemoryIsReadWhenTheCopyRuns() {
        numbers.putInt(0, 1);
        assertThat(cuMemcpyHtoDAsync(device, pinned, 4, stream)).isZero();
        numbers.putInt(0, 2); // too early: the copy has not run
        assertThat(cuStreamSynchronize(stream)).isZero();
        int[] back = new int[1];
        assertThat(cuMemcpyDtoH(Pointer.to(back), device, 4)).isZero();
        assertThat(back[0]).isEqualTo(2);
    }

    @Test
    void queriesMakeProgress() {
        CUevent event = new CUevent();
        assertThat(cuEventCreate(event, 2)).isZero();
        launch(stream);
        launch(stream);
        assertThat(cuEventRecord(event, stream)).isZero();
        int polls = 0;
        while (cuEventQuery(event) == 600) {
            polls++;
        }
        assertThat(polls).isEqualTo(3);
        assertThat(cuEventQuery(event)).isZero();
        cuEventDestroy(event);
    }

    @Test
    void streamsWaitForEventsOfOthers() {
        CUstream second = new CUstream();
        CUevent event = new CUevent();
        cuStreamCreate(second, 1);
        cuEventCreate(event, 2);
        launch(stream);
        cuEventRecord(event, stream);
        assertThat(cuStreamWaitEvent(second, event, 0)).isZero();
        assertThat(cuMemcpyDtoHAsync(pinned, device, 128, second)).isZero();
        assertThat(cuStreamSynchronize(second)).isZero();
        assertThat(numbers.getInt(0)).isEqualTo(11);
        cuEventDestroy(event);
        cuStreamDestroy(second);
    }

    @Test
    void anUnorderedStreamReadsWhatWasThereBefore() {
        CUstream second = new CUstream();
        cuStreamCreate(second, 1);
        launch(stream);
        cuMemcpyDtoHAsync(pinned, device, 128, second);
        cuStreamSynchronize(second);
        assertThat(numbers.getInt(0)).as("the forgotten event shows").isEqualTo(10);
        cuStreamDestroy(second);
    }

    @Test
    void graphsReplayWhatWasCaptured() {
        CUgraph graph = new CUgraph();
        CUgraphExec executable = new CUgraphExec();
        assertThat(cuStreamBeginCapture(stream, 1)).isZero();
        launch(stream);
        launch(stream);
        assertThat(cuStreamEndCapture(stream, graph)).isZero();
        assertThat(cuGraphInstantiate(executable, graph, 0)).isZero();
        assertThat(cuGraphDestroy(graph)).isZero();
        for (int i = 0; i < 3; i++) {
            assertThat(cuGraphLaunch(executable, stream)).isZero();
        }
        cuMemcpyDtoHAsync(pinned, device, 128, stream);
        cuStreamSynchronize(stream);
        assertThat(numbers.getInt(0)).isEqualTo(16);
        assertThat(cuGraphExecDestroy(executable)).isZero();
    }

    @Test
    void waitingSpoilsACapture() {
        CUgraph graph = new CUgraph();
        cuStreamBeginCapture(stream, 1);
        launch(stream);
        assertThat(cuStreamSynchronize(stream)).isEqualTo(900);
        assertThat(cuStreamEndCapture(stream, graph)).isEqualTo(901);
        assertFinding("waiting for a stream that captures");
    }

    @Test
    void allocatingSpoilsACapture() {
        CUgraph graph = new CUgraph();
        cuStreamBeginCapture(stream, 1);
        assertThat(cuMemAlloc(new CUdeviceptr(), 16)).isEqualTo(900);
        assertThat(cuStreamEndCapture(stream, graph)).isEqualTo(901);
        Emulator.findings();
    }

    @Test
    void anotherThreadHasNoContext() throws InterruptedException {
        int[] status = new int[1];
        Thread thread = new Thread(() -> status[0] = cuMemAlloc(new CUdeviceptr(), 16));
        thread.start();
        thread.join();
        assertThat(status[0]).isEqualTo(201);
        assertFinding("no context is current");
    }

    @Test
    void handlesOfOtherContextsAreRefused() {
        CUdevice first = new CUdevice();
        CUcontext other = new CUcontext();
        cuDeviceGet(first, 0);
        assertThat(cuCtxCreate(other, 0, first)).isZero();
        assertThat(cuStreamSynchronize(stream)).isEqualTo(400);
        assertThat(cuMemsetD8(device, (byte) 0, 4)).isEqualTo(201);
        assertThat(cuMemFree(device)).isEqualTo(201);
        assertThat(launch(null)).isEqualTo(400);
        cuCtxDestroy(other);
        assertThat(Emulator.findings()).hasSize(4);
    }

    @Test
    void copiesStayInside() {
        assertThat(cuMemcpyDtoHAsync(pinned, device, 129, stream)).isEqualTo(1);
        assertFinding("1 bytes past the end of an allocation of 128 bytes");
        assertThat(cuMemcpyHtoD(device.withByteOffset(64), pinned, 65)).isEqualTo(1);
        assertThat(cuMemsetD32(device.withByteOffset(124), 0, 2)).isEqualTo(1);
        assertThat(cuMemsetD32(device.withByteOffset(2), 0, 1)).isEqualTo(1);
        assertThat(Emulator.findings()).hasSize(3);
    }

    @Test
    void memoryIsFreedOnce() {
        CUdeviceptr copy = device.withByteOffset(0);
        assertThat(cuMemFree(device.withByteOffset(16))).isEqualTo(1);
        assertThat(cuMemFree(device)).isZero();
        assertThat(cuMemFree(copy)).isEqualTo(1);
        assertThat(Emulator.findings()).hasSize(2);
    }

    @Test
    void launchesKeepTheLimits() {
        Pointer parameters = Pointer.to(Pointer.to(device));
        assertThat(cuLaunchKernel(function, 1, 1, 1, 1025, 1, 1, 0, stream, parameters, null))
                .isEqualTo(1);
        assertThat(cuLaunchKernel(function, 0, 1, 1, 32, 1, 1, 0, stream, parameters, null))
                .isEqualTo(1);
        assertThat(cuLaunchKernel(function, 1, 65536, 1, 32, 1, 1, 0, stream, parameters, null))
                .isEqualTo(1);
        assertThat(cuLaunchKernel(function, 1, 1, 1, 32, 1, 1, 50_000, stream, parameters, null))
                .isEqualTo(1);
        assertThat(cuLaunchKernel(function, 1, 1, 1, 32, 1, 1, 0, stream, null, null))
                .isEqualTo(1);
        assertThat(cuFuncSetAttribute(function, 8, 60_000)).isZero();
        assertThat(cuLaunchKernel(function, 1, 1, 1, 32, 1, 1, 50_000, stream, parameters, null))
                .isZero();
        assertThat(Emulator.findings()).hasSize(5);
    }

    @Test
    void leaksAreTold() {
        ptx.close();
        assertFinding(
                "leak: the context was destroyed with 1 device allocations, 1 pinned allocations (256 bytes), 1 streams, 1 modules");
    }

    @Test
    void modulesMustBeKnownCode() {
        CUmodule module = new CUmodule();
        assertThat(cuModuleLoadData(module, ADD.replace(".version 7.8", ".version 9.0")))
                .isEqualTo(222);
        assertThat(cuModuleLoadData(module, ADD.replace("sm_80", "sm_100"))).isEqualTo(209);
        assertThat(cuModuleLoadData(module, ADD.replace("add.u32", "wgmma.u32")))
                .isEqualTo(218);
        assertThat(cuModuleLoadData(module, ADD.replace("add.u32", "add.magic.u32")))
                .isEqualTo(218);
        Emulator.findings();
    }

    // ---- faults
    @Test
    void anInjectedErrorStaysInItsCall() {
        Emulator.inject("cuMemAlloc_v2", 2, 2, Scope.ONCE);
        CUdeviceptr more = new CUdeviceptr();
        assertThat(cuMemAlloc(more, 16)).isZero();
        cuMemFree(more);
        assertThat(cuMemAlloc(more, 16)).isEqualTo(2);
        assertThat(cuMemAlloc(more, 16)).isZero();
        cuMemFree(more);
    }

    @Test
    void theDeviceHasAnEnd() {
        Emulator.set("memory", 1 << 20);
        assertThat(cuMemAlloc(new CUdeviceptr(), 2 << 20)).isEqualTo(2);
    }

    @Test
    void aKernelsErrorSticks() {
        Emulator.inject("kernel", 2, 719, Scope.CONTEXT);
        launch(stream);
        launch(stream);
        assertThat(launch(stream)).as("asynchronous").isZero();
        assertThat(cuStreamSynchronize(stream)).isEqualTo(719);
        assertThat(cuMemcpyDtoHAsync(pinned, device, 4, stream)).isEqualTo(719);
        assertThat(cuMemAlloc(new CUdeviceptr(), 16)).isEqualTo(719);
        assertFinding("injected in k");
    }

    @Test
    void aLostDeviceAnswersNothing() {
        Emulator.inject("cuStreamSynchronize", 1, 46, Scope.DEVICE);
        assertThat(cuStreamSynchronize(stream)).isEqualTo(46);
        assertThat(cuCtxSynchronize()).isEqualTo(46);
        assertThat(cuDeviceGetCount(new int[1])).isEqualTo(46);
    }

    @Test
    void aStepThatHangsNeverAnswersUntilReleased() throws Exception {
        Emulator.inject("hang", 1, 0, Scope.ONCE);
        launch(stream);
        for (int i = 0; i < 50; i++) {
            assertThat(cuStreamQuery(stream)).isEqualTo(600);
        }
        CUcontext current = new CUcontext();
        cuCtxGetCurrent(current);
        CompletableFuture<Integer> waiting = CompletableFuture.supplyAsync(() -> {
            cuCtxSetCurrent(current);
            return cuStreamSynchronize(stream);
        });
        assertThat(waiting).isNotDone();
        Emulator.release(1, 702);
        assertThat(waiting.get(20, TimeUnit.SECONDS)).isEqualTo(702);
        assertThat(Emulator.findings()).isEqualTo(List.of("702 the operation k hung"));
    }
}
