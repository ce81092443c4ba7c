package pie.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/**
 * Compile CUDA C for one device with NVIDIA's run-time compiler, where it is installed. Reference: NVRTC, "User Interface". Called by the foreign
 * function interface and not by JCuda's binding, which takes no other version than 12.
 */
@SuppressWarnings("restricted")
final class Nvrtc {
    /** Names by version; the last comes with development packages. */
    private static final List<String> NAMES = List.of("libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so");

    /** Report sources that do not compile, or a compiler that fails. */
    static final class CompileException extends RuntimeException {
        CompileException(String message) {
            super(message);
        }
    }

    private final String name;
    private final SymbolLookup symbols;

    private Nvrtc(String name, SymbolLookup symbols) {
        this.name = name;
        this.symbols = symbols;
    }

    /** Find the compiler: what the system property {@code pie.cuda.nvrtc} or the variable PIE_NVRTC names, else what the loader finds. */
    static Optional<Nvrtc> find() {
        String set = System.getProperty("pie.cuda.nvrtc", System.getenv("PIE_NVRTC"));
        for (String name : set == null ? NAMES : List.of(set)) {
            try {
                return Optional.of(load(name));
            } catch (IllegalArgumentException | PieException | CompileException e) {
                continue; // the next name, and PTX after the last
            }
        }
        return Optional.empty();
    }

    /** Load a library. @throws IllegalArgumentException if the loader does not find it */
    static Nvrtc load(String name) {
        Nvrtc found = new Nvrtc(name, SymbolLookup.libraryLookup(name, Arena.global()));
        found.version();
        return found;
    }

    /** Return e.g. {@code NVRTC 12.6}. */
    String version() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment major = arena.allocate(JAVA_INT);
            MemorySegment minor = arena.allocate(JAVA_INT);
            check(
                    "nvrtcVersion",
                    call("nvrtcVersion", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS), major, minor));
            return "NVRTC " + major.get(JAVA_INT, 0) + "." + minor.get(JAVA_INT, 0);
        }
    }

    /**
     * Compile to machine code of one compute capability.
     *
     * @throws CompileException with the compiler's log
     */
    byte[] compile(String source, int computeCapability, List<String> options) {
        return compile(source, "sm_" + computeCapability, options, "nvrtcGetCUBINSize", "nvrtcGetCUBIN");
    }

    /** Compile to PTX. @throws CompileException with the compiler's log */
    String ptx(String source, String architecture, List<String> options) {
        byte[] text = compile(source, architecture, options, "nvrtcGetPTXSize", "nvrtcGetPTX");
        return new String(text, 0, text.length - 1, java.nio.charset.StandardCharsets.US_ASCII);
    }

    private byte[] compile(String source, String architecture, List<String> options, String sizeOf, String read) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment handle = arena.allocate(ADDRESS);
            FunctionDescriptor create =
                    FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_INT, ADDRESS, ADDRESS);
            check(
                    "nvrtcCreateProgram",
                    call(
                            "nvrtcCreateProgram",
                            create,
                            handle,
                            arena.allocateFrom(source),
                            arena.allocateFrom("pie.cu"),
                            0,
                            MemorySegment.NULL,
                            MemorySegment.NULL));
            MemorySegment program = handle.get(ADDRESS, 0);
            try {
                int result = call(
                        "nvrtcCompileProgram",
                        FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS),
                        program,
                        options.size() + 1,
                        texts(arena, architecture, options));
                if (result != 0) {
                    byte[] log = output(arena, program, "nvrtcGetProgramLogSize", "nvrtcGetProgramLog");
                    throw new CompileException(name + " answered " + result + ": " + new String(log).trim());
                }
                return output(arena, program, sizeOf, read);
            } finally {
                call("nvrtcDestroyProgram", FunctionDescriptor.of(JAVA_INT, ADDRESS), handle);
            }
        }
    }

    private static MemorySegment texts(Arena arena, String architecture, List<String> options) {
        MemorySegment texts = arena.allocate(ADDRESS, options.size() + 1);
        texts.setAtIndex(ADDRESS, 0, arena.allocateFrom("--gpu-architecture=" + architecture));
        for (int i = 0; i < options.size(); i++) {
            texts.setAtIndex(ADDRESS, i + 1, arena.allocateFrom(options.get(i)));
        }
        return texts;
    }

    private byte[] output(Arena arena, MemorySegment program, String sizeOf, String read) {
        MemorySegment size = arena.allocate(JAVA_LONG);
        FunctionDescriptor type = FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS);
        check(sizeOf, call(sizeOf, type, program, size));
        MemorySegment bytes = arena.allocate(Math.max(1, size.get(JAVA_LONG, 0)));
        check(read, call(read, type, program, bytes));
        return bytes.toArray(JAVA_BYTE);
    }

    private int call(String function, FunctionDescriptor type, Object... arguments) {
        MemorySegment address = symbols.find(function)
                .orElseThrow(() -> new PieException(ErrorCode.UNSUPPORTED, name + " has no function " + function));
        try {
            return (int) Linker.nativeLinker().downcallHandle(address, type).invokeWithArguments(arguments);
        } catch (Throwable e) {
            throw new PieException(ErrorCode.INTERNAL, "calling " + function + " failed: " + e, Map.of(), e);
        }
    }

    private void check(String function, int result) {
        if (result != 0) {
            throw new CompileException(name + ": " + function + " answered " + result);
        }
    }

    /** Return the library's name as it was loaded. */
    String name() {
        return name;
    }
}
