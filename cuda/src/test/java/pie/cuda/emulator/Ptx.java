package pie.cuda.emulator;

import static jcuda.driver.JCudaDriver.cuCtxCreate;
import static jcuda.driver.JCudaDriver.cuCtxDestroy;
import static jcuda.driver.JCudaDriver.cuCtxSynchronize;
import static jcuda.driver.JCudaDriver.cuDeviceGet;
import static jcuda.driver.JCudaDriver.cuInit;
import static jcuda.driver.JCudaDriver.cuLaunchKernel;
import static jcuda.driver.JCudaDriver.cuMemAlloc;
import static jcuda.driver.JCudaDriver.cuMemFree;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoH;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoD;
import static jcuda.driver.JCudaDriver.cuModuleGetFunction;
import static jcuda.driver.JCudaDriver.cuModuleLoadData;
import static jcuda.driver.JCudaDriver.cuModuleUnload;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.JCudaDriver;

/** Run small kernels written in PTX: buffers in, buffers out. Owns a context on the thread that opened it. */
final class Ptx implements AutoCloseable {
    private final CUcontext context = new CUcontext();

    private Ptx() {}

    static Ptx open() {
        Emulator.load();
        natives();
        JCudaDriver.setExceptionsEnabled(false);
        Ptx ptx = new Ptx();
        check(cuInit(0));
        CUdevice device = new CUdevice();
        check(cuDeviceGet(device, 0));
        check(cuCtxCreate(ptx.context, 0, device));
        return ptx;
    }

    /** JCuda unpacks its library into java.io.tmpdir under a fixed name, where processes would race. */
    private static void natives() {
        String before = System.getProperty("java.io.tmpdir");
        try {
            Path own = Files.createTempDirectory("jcuda");
            System.setProperty("java.io.tmpdir", own.toString());
            JCudaDriver.setLogLevel(jcuda.LogLevel.LOG_QUIET);
            try (var files = Files.list(own)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(own);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            System.setProperty("java.io.tmpdir", before);
        }
    }

    static void check(int status) {
        if (status != 0) {
            throw new IllegalStateException("CUresult " + status + " " + Emulator.findings());
        }
    }

    /** Wrap statements into a module with one kernel, {@code k}, of pointer parameters p0, p1 ... in %a0, %a1 ... */
    static String kernel(int pointers, String body) {
        StringBuilder text = new StringBuilder(".version 7.8\n.target sm_80\n.address_size 64\n.visible .entry k(");
        for (int i = 0; i < pointers; i++) {
            text.append(i == 0 ? "" : ", ").append(".param .u64 p").append(i);
        }
        text.append(
                        ")\n{\n.reg .pred %p<32>;\n.reg .b16 %h<32>;\n.reg .b32 %r<64>;\n.reg .b64 %d<64>;\n.reg .f32 %f<64>;\n.reg .f64 %g<32>;\n")
                .append(".reg .b64 %a<8>;\n.reg .b32 %t;\n.reg .b64 %o<8>;\n");
        for (int i = 0; i < pointers; i++) {
            text.append("ld.param.u64 %a").append(i).append(", [p").append(i).append("];\n");
        }
        return text.append(body).append("\nret;\n}\n").toString();
    }

    /** Statements that leave base + element * size of this thread, counted over the grid in x, in {@code into}. */
    static String element(String into, String base, int size) {
        return "mov.u32 %t, %ctaid.x;\nmov.u32 %r63, %ntid.x;\nmov.u32 %r62, %tid.x;\nmad.lo.s32 %t, %t, %r63, %r62;\n"
                + "mul.wide.u32 " + into + ", %t, " + size + ";\nadd.s64 " + into + ", " + base + ", " + into + ";\n";
    }

    /** Load a module, launch {@code k} with these buffers, wait, and copy the buffers back. Answers the CUresult of the first call that failed. */
    int run(String text, int blocks, int threads, int sharedBytes, ByteBuffer... buffers) {
        CUmodule module = new CUmodule();
        int status = cuModuleLoadData(module, text);
        if (status != 0) {
            return status;
        }
        CUfunction function = new CUfunction();
        check(cuModuleGetFunction(function, module, "k"));
        List<CUdeviceptr> device = new ArrayList<>();
        Pointer[] parameters = new Pointer[buffers.length];
        for (int i = 0; i < buffers.length; i++) {
            CUdeviceptr pointer = new CUdeviceptr();
            check(cuMemAlloc(pointer, buffers[i].capacity()));
            check(cuMemcpyHtoD(pointer, Pointer.to(buffers[i]), buffers[i].capacity()));
            device.add(pointer);
            parameters[i] = Pointer.to(pointer);
        }
        status = cuLaunchKernel(function, blocks, 1, 1, threads, 1, 1, sharedBytes, null, Pointer.to(parameters), null);
        if (status == 0) {
            status = cuCtxSynchronize();
        }
        for (int i = 0; i < buffers.length && status == 0; i++) {
            status = cuMemcpyDtoH(Pointer.to(buffers[i]), device.get(i), buffers[i].capacity());
        }
        if (status == 0) {
            device.forEach(p -> check(cuMemFree(p)));
            check(cuModuleUnload(module));
        }
        return status;
    }

    static ByteBuffer bytes(int count) {
        return ByteBuffer.allocateDirect(count).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void close() {
        cuCtxDestroy(context);
    }
}
