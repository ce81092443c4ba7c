package pie.cuda;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import pie.cuda.api.CudaApi;
import pie.cuda.api.CudaCallException;
import pie.engine.Sha256;

/**
 * Load the kernels: machine code that the run-time compiler made for this kind of device, kept in a folder by device and digest of the
 * sources; where there is no compiler, the PTX that is shipped, which the driver compiles. A file that is damaged or
 * that the driver does not take is made again.
 */
final class KernelImage {
    private static final int DIGEST_BYTES = 32;

    private final CudaApi api;
    private final NumberFormat format;
    private final int headDim;
    private final Path folder;
    private final Supplier<Optional<Nvrtc>> compiler;
    private final Consumer<String> progress;

    /**
     * @param folder of the cache
     * @param compiler asked only where the cache does not help
     */
    KernelImage(
            CudaApi api,
            NumberFormat format,
            int headDim,
            Path folder,
            Supplier<Optional<Nvrtc>> compiler,
            Consumer<String> progress) {
        this.api = api;
        this.format = format;
        this.headDim = headDim;
        this.folder = folder;
        this.compiler = compiler;
        this.progress = progress;
    }

    /** Return {@code $PIE_HOME/cache/cuda}. */
    static Path cache() {
        String home = System.getenv("PIE_HOME");
        Path base = home == null || home.isEmpty() ? Path.of(System.getProperty("user.home"), ".pie") : Path.of(home);
        return base.resolve("cache").resolve("cuda");
    }

    /** Load the shipped PTX into the device, whatever is kept; returns in words where the kernels come from. */
    String loadShipped() {
        progress.accept("compiling kernels for " + api.deviceName());
        api.load(KernelSource.ptx(format, headDim, api.computeCapability()).getBytes(StandardCharsets.US_ASCII));
        return "kernels from PTX";
    }

    /** Load the kernels into the device; returns in words where they come from. */
    String load() {
        Path file = folder.resolve(String.join(
                "-",
                api.deviceName().replaceAll("[^A-Za-z0-9]+", "_"),
                "sm" + api.computeCapability(),
                format.text(),
                "d" + headDim,
                KernelSource.digest().substring(0, 24) + ".cubin"));
        if (cached(file)) {
            return "kernels kept from NVRTC";
        }
        Optional<Nvrtc> nvrtc = compiler.get();
        if (nvrtc.isPresent()) {
            try {
                progress.accept("compiling kernels for " + api.deviceName() + " with "
                        + nvrtc.get().version());
                byte[] code = nvrtc.get()
                        .compile(KernelSource.text(), api.computeCapability(), KernelSource.options(format, headDim));
                api.load(code);
                keep(file, code);
                return "kernels by " + nvrtc.get().version();
            } catch (Nvrtc.CompileException e) {
                progress.accept("using the shipped PTX: " + e.getMessage());
            } catch (CudaCallException e) {
                if (e.sticky()) {
                    throw e;
                }
                progress.accept("using the shipped PTX: " + e.getMessage());
            }
        }
        return loadShipped();
    }

    private boolean cached(Path file) {
        try {
            if (!Files.exists(file)) {
                return false;
            }
            byte[] whole = Files.readAllBytes(file);
            if (whole.length <= DIGEST_BYTES) {
                return false;
            }
            byte[] code = Arrays.copyOfRange(whole, DIGEST_BYTES, whole.length);
            if (!Arrays.equals(Sha256.digest().digest(code), Arrays.copyOf(whole, DIGEST_BYTES))) {
                progress.accept("compiling kernels again: " + file + " is damaged");
                return false;
            }
            api.load(code);
            return true;
        } catch (IOException e) {
            progress.accept("cannot read " + file + ": " + e.getMessage());
            return false;
        } catch (CudaCallException e) {
            if (e.sticky()) {
                throw e;
            }
            progress.accept("compiling kernels again: " + e.getMessage());
            return false;
        }
    }

    /** Write the file whole or not at all; a folder that cannot be written costs a compilation each time, no more. */
    private void keep(Path file, byte[] code) {
        try {
            Files.createDirectories(folder);
            Path part = Files.createTempFile(folder, "kernels", ".part");
            try {
                byte[] whole = Arrays.copyOf(Sha256.digest().digest(code), DIGEST_BYTES + code.length);
                System.arraycopy(code, 0, whole, DIGEST_BYTES, code.length);
                Files.write(part, whole);
                move(part, file);
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (IOException e) {
            progress.accept("cannot keep the kernels in " + folder + ": " + e.getMessage());
        }
    }

    private static void move(Path part, Path file) throws IOException {
        try {
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
