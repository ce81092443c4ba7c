package pie.cpu;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Say how a thread of the driver stands against the other threads of the machine. Until C2 has compiled a kernel, its vector operations
 * are hundreds of times slower, and workers at normal priority take the processors from the very compiler that they wait for.
 */
@SuppressWarnings("restricted")
enum ThreadPriority {
    NORMAL(0),
    LOW(5);

    /** Steps of niceness that it is lowered by. */
    private final int steps;

    ThreadPriority(int steps) {
        this.steps = steps;
    }

    /** Give this priority to the calling thread, on Linux, where nice(2) is about one thread. */
    void take() {
        if (steps > 0 && System.getProperty("os.name", "").startsWith("Linux")) {
            Linker.nativeLinker().defaultLookup().find("nice").ifPresent(this::take);
        }
    }

    private void take(MemorySegment nice) {
        MethodHandle call = Linker.nativeLinker()
                .downcallHandle(nice, FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
        try {
            int ignored = (int) call.invokeExact(steps); // a wish: what is refused costs nothing but time
        } catch (Throwable e) {
            throw new IllegalStateException("nice", e);
        }
    }
}
