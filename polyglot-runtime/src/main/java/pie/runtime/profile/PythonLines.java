package pie.runtime.profile;

import com.oracle.truffle.api.frame.Frame;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/**
 * Ask a Python frame for its line. Truffle knows the function of a frame only, as GraalPy runs bytecode, and GraalPy tells the line to
 * nobody but itself: so its own method is called, where there is one.
 */
final class PythonLines {
    private static final String INFO = "com.oracle.graal.python.nodes.bytecode.BytecodeFrameInfo";
    private static final @Nullable Method LINE = method();

    private PythonLines() {}

    private static @Nullable Method method() {
        try {
            return Class.forName(INFO).getMethod("getLine", Frame.class);
        } catch (ReflectiveOperationException | LinkageError absent) {
            return null;
        }
    }

    /** Return the line from 1, 0 for a frame that is not Python's. */
    static int line(Frame frame) {
        Object info = frame.getFrameDescriptor().getInfo();
        if (LINE == null || info == null || !LINE.getDeclaringClass().isInstance(info)) {
            return 0;
        }
        try {
            return Math.max(0, (int) LINE.invoke(info, frame));
        } catch (IllegalAccessException | InvocationTargetException unknown) {
            return 0;
        }
    }
}
