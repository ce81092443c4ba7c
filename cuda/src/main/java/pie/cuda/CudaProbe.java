package pie.cuda;

import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import pie.engine.PieException;

/** Look for the CUDA driver library, its devices and the libraries beside it. Never throws for something missing. */
public final class CudaProbe {
    static final String DRIVER = "libcuda.so.1";

    private CudaProbe() {}

    /** Probe the driver library of this machine, or the one that the system property {@code pie.cuda.library} names. */
    public static CudaReport probe() {
        return probe(System.getProperty("pie.cuda.library", DRIVER));
    }

    static CudaReport probe(String library) {
        List<String> missing = new ArrayList<>();
        List<CudaDevice> devices = new ArrayList<>();
        int version = 0;
        try (Arena arena = Arena.ofConfined()) {
            Optional<DriverLibrary> loaded = DriverLibrary.load(library, arena);
            if (loaded.isEmpty()) {
                missing.add(library + " (comes with the NVIDIA driver) cannot be loaded" + hint());
            } else {
                version = describe(loaded.get(), devices, missing);
            }
        }
        return new CudaReport(version, List.copyOf(devices), List.copyOf(missing), optional());
    }

    private static int describe(DriverLibrary library, List<CudaDevice> devices, List<String> missing) {
        int version = 0;
        try {
            version = library.driverVersion();
            library.init();
            int count = library.deviceCount();
            for (int i = 0; i < count; i++) {
                devices.add(library.device(i));
            }
            if (count == 0) {
                missing.add("the driver library reports no device");
            }
        } catch (PieException e) {
            devices.clear();
            missing.add(e.message());
        }
        return version;
    }

    private static String hint() {
        return Files.exists(Path.of("/dev/nvidiactl"))
                ? ": /dev/nvidiactl is there, so the kernel module is loaded and the user-space driver is not installed"
                : "";
    }

    private static List<String> optional() {
        List<String> lines = new ArrayList<>();
        for (String name : List.of("libnvrtc", "libcublas")) {
            try (Arena arena = Arena.ofConfined()) {
                if (Stream.of(".so.13", ".so.12", ".so")
                        .allMatch(version ->
                                DriverLibrary.load(name + version, arena).isEmpty())) {
                    lines.add(name + ".so.12 or .13 cannot be loaded (optional)");
                }
            }
        }
        return List.copyOf(lines);
    }
}
