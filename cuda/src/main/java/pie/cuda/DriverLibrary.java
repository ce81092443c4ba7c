package pie.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Map;
import java.util.Optional;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/** Call the few functions of the CUDA driver API that describe devices. Reference: CUDA Driver API, "Device Management". */
@SuppressWarnings("restricted")
final class DriverLibrary {
    private static final int NAME_BYTES = 256;
    private static final int COMPUTE_CAPABILITY_MAJOR = 75;
    private static final int COMPUTE_CAPABILITY_MINOR = 76;

    private final SymbolLookup symbols;
    private final Arena arena;

    private DriverLibrary(SymbolLookup symbols, Arena arena) {
        this.symbols = symbols;
        this.arena = arena;
    }

    /** Load the library; empty if the loader does not find it. It stays loaded as long as {@code arena} lives. */
    static Optional<DriverLibrary> load(String name, Arena arena) {
        try {
            return Optional.of(new DriverLibrary(SymbolLookup.libraryLookup(name, arena), arena));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    void init() {
        check("cuInit", call("cuInit", FunctionDescriptor.of(JAVA_INT, JAVA_INT), 0));
    }

    /** Return {@code major * 1000 + minor * 10}; works without a device. */
    int driverVersion() {
        return intOut("cuDriverGetVersion");
    }

    int deviceCount() {
        return intOut("cuDeviceGetCount");
    }

    CudaDevice device(int ordinal) {
        MemorySegment handle = arena.allocate(JAVA_INT);
        check("cuDeviceGet", call("cuDeviceGet", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), handle, ordinal));
        int device = handle.get(JAVA_INT, 0);
        MemorySegment name = arena.allocate(NAME_BYTES);
        var nameOf = FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
        check("cuDeviceGetName", call("cuDeviceGetName", nameOf, name, NAME_BYTES, device));
        MemorySegment bytes = arena.allocate(JAVA_LONG);
        check(
                "cuDeviceTotalMem_v2",
                call("cuDeviceTotalMem_v2", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), bytes, device));
        return new CudaDevice(
                ordinal,
                name.getString(0),
                bytes.get(JAVA_LONG, 0),
                attribute(COMPUTE_CAPABILITY_MAJOR, device),
                attribute(COMPUTE_CAPABILITY_MINOR, device));
    }

    private int attribute(int attribute, int device) {
        MemorySegment value = arena.allocate(JAVA_INT);
        var type = FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
        check("cuDeviceGetAttribute", call("cuDeviceGetAttribute", type, value, attribute, device));
        return value.get(JAVA_INT, 0);
    }

    private int intOut(String function) {
        MemorySegment value = arena.allocate(JAVA_INT);
        check(function, call(function, FunctionDescriptor.of(JAVA_INT, ADDRESS), value));
        return value.get(JAVA_INT, 0);
    }

    private int call(String function, FunctionDescriptor type, Object... arguments) {
        MemorySegment address = symbols.find(function)
                .orElseThrow(() ->
                        new PieException(ErrorCode.UNSUPPORTED, "the CUDA driver library has no function " + function));
        MethodHandle handle = Linker.nativeLinker().downcallHandle(address, type);
        try {
            return (int) handle.invokeWithArguments(arguments);
        } catch (Throwable e) {
            throw new PieException(ErrorCode.INTERNAL, "calling " + function + " failed: " + e, Map.of(), e);
        }
    }

    private static void check(String function, int result) {
        if (result != 0) {
            throw new PieException(
                    ErrorCode.DRIVER_FAILURE, function + " answered " + result + " (" + meaning(result) + ")");
        }
    }

    private static String meaning(int result) {
        return switch (result) {
            case 3 -> "not initialised";
            case 34 -> "the library is a stub without a driver behind it";
            case 35 -> "the driver is older than the library";
            case 100 -> "no CUDA device is visible";
            case 101 -> "invalid device";
            case 801 -> "not supported on this system";
            case 803 -> "driver and library versions do not match: reboot, or reload the kernel module";
            case 804 -> "this device has no forward compatibility";
            case 999 -> "unknown error: see the kernel log";
            default -> "see CUresult in the CUDA Driver API";
        };
    }
}
