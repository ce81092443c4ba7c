package pie.cuda.emulator;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Give a test class the emulated device, and fail tests that leave findings: what the emulator objects to, though the calls may have
 * answered well. Without g++ the class is skipped.
 *
 * <p>{@code @ExtendWith(Emulator.class)} is enough. A test that provokes findings takes them with {@link #findings()}.
 */
@SuppressWarnings("restricted")
public final class Emulator implements BeforeAllCallback, AfterEachCallback {
    private static boolean loaded;

    /** How far an injected failure reaches. */
    public enum Scope {
        /** The one call fails. */
        ONCE,
        /** Every later call in the context fails too. */
        CONTEXT,
        /** Every later call fails until {@link #reset()}: the device is gone. */
        DEVICE
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        load();
        reset();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        Assertions.assertThat(findings()).as("findings of the emulator").isEmpty();
    }

    /** Say whether this process has loaded it. */
    public static synchronized boolean isLoaded() {
        return loaded;
    }

    /** Load the library into this process, before anything touches JCuda; skips the calling test if it cannot be built. */
    public static synchronized void load() {
        if (loaded) {
            return;
        }
        Assumptions.assumeTrue(EmulatorLibrary.hasCompiler(), "no g++ here: the CUDA emulator cannot be built");
        Path library = EmulatorLibrary.path();
        System.setProperty("pie.cuda.library", library.toString());
        if (System.getProperty("pie.cuda.cublas") == null) {
            System.setProperty("pie.cuda.cublas", library.toString());
        }
        if (System.getProperty("pie.cuda.nvrtc") == null) {
            System.setProperty("pie.cuda.nvrtc", "none"); // its machine code is not for this device
        }
        System.load(library.toString());
        loaded = true;
    }

    /** Forget contexts, injected failures, findings and settings, as if the process were new. No other thread may be in a call. */
    public static void reset() {
        call("pie_emulator_reset", FunctionDescriptor.ofVoid());
    }

    /**
     * Change a setting: {@code lazy} (1: operations run only when waited for), {@code order} (of blocks and warps: 0 forward, 1 backward,
     * else a seed), {@code threads}, {@code memory} (bytes), {@code approximate} (seed of last-bit errors, 0 for none), {@code budget} (warp
     * instructions of a block until it timed out), {@code capability} (80 ...), {@code verbose}.
     */
    public static void set(String setting, long value) {
        try (Arena arena = Arena.ofConfined()) {
            Object known = call(
                    "pie_emulator_set",
                    FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG),
                    arena.allocateFrom(setting),
                    value);
            Assertions.assertThat(known).as("setting %s", setting).isEqualTo(1);
        }
    }

    /**
     * Let the {@code nth} call from now fail.
     *
     * @param function a function of the driver API by its exported name ({@code cuMemAlloc_v2}), {@code kernel} for a kernel that fails as it
     *     runs, or {@code hang} for a launch that never ends until {@link #release}
     * @param status a CUresult
     */
    public static void inject(String function, long nth, int status, Scope scope) {
        try (Arena arena = Arena.ofConfined()) {
            call(
                    "pie_emulator_inject",
                    FunctionDescriptor.ofVoid(ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT),
                    arena.allocateFrom(function),
                    nth,
                    status,
                    scope.ordinal());
        }
    }

    /** Let operations that hang end, with a CUresult of 0 or more. */
    public static void release(int operations, int status) {
        call("pie_emulator_release", FunctionDescriptor.ofVoid(JAVA_INT, JAVA_INT), operations, status);
    }

    /** Take what the emulator objected to since the last time: a CUresult and a sentence each. */
    public static List<String> findings() {
        FunctionDescriptor type = FunctionDescriptor.of(JAVA_LONG, ADDRESS, JAVA_LONG);
        long bytes = (long) call("pie_emulator_findings", type, MemorySegment.NULL, 0L);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocate(bytes);
            call("pie_emulator_findings", type, text, bytes);
            call("pie_emulator_forget", FunctionDescriptor.ofVoid());
            return text.getString(0).lines().toList();
        }
    }

    /** Count {@code instructions}, {@code blocks}, {@code nanos}, {@code launches}, {@code allocations}, {@code used} bytes, or calls by name. */
    public static long count(String what) {
        try (Arena arena = Arena.ofConfined()) {
            return (long)
                    call("pie_emulator_count", FunctionDescriptor.of(JAVA_LONG, ADDRESS), arena.allocateFrom(what));
        }
    }

    /** Say what the run-time compiler's stand-in makes of every source, null: nothing, it fails. */
    public static void compilesTo(@Nullable String image) {
        try (Arena arena = Arena.ofConfined()) {
            call(
                    "pie_emulator_compiles_to",
                    FunctionDescriptor.ofVoid(ADDRESS),
                    image == null ? MemorySegment.NULL : arena.allocateFrom(image));
        }
    }

    /** Count the compiler's programs that were not given back. */
    public static long programs() {
        return (long) call("pie_emulator_programs", FunctionDescriptor.of(JAVA_LONG));
    }

    private static Object call(String function, FunctionDescriptor type, Object... arguments) {
        MemorySegment address = SymbolLookup.loaderLookup().findOrThrow(function);
        MethodHandle handle = Linker.nativeLinker().downcallHandle(address, type);
        try {
            Object answer = handle.invokeWithArguments(arguments);
            return answer == null ? 0 : answer;
        } catch (Throwable e) {
            throw new IllegalStateException(function, e);
        }
    }
}
