package pie.runtime.java;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import pie.engine.trace.Place;
import pie.engine.trace.StackSource;

/** Read the stacks of a Java program: the frames of its own classes. */
final class JavaStacks implements StackSource {
    private static final int DEEPEST = 64;

    private final StackWalker walker = StackWalker.getInstance();
    private final Supplier<@Nullable JavaProgram> program;

    JavaStacks(Supplier<@Nullable JavaProgram> program) {
        this.program = program;
    }

    @Override
    public List<Place> here() {
        JavaProgram running = program.get();
        if (running == null) {
            return List.of();
        }
        List<Place> frames = walker.walk(all -> all.map(StackWalker.StackFrame::toStackTraceElement)
                .flatMap(frame -> place(running, frame).stream())
                .limit(DEEPEST)
                .toList());
        return frames.reversed();
    }

    @Override
    public List<Place> of(Thread thread) {
        JavaProgram running = program.get();
        if (running == null) {
            return List.of();
        }
        List<Place> frames = new ArrayList<>();
        for (StackTraceElement frame : thread.getStackTrace()) {
            if (frames.size() < DEEPEST) {
                place(running, frame).ifPresent(frames::add);
            }
        }
        return frames.reversed();
    }

    private static Optional<Place> place(JavaProgram program, StackTraceElement frame) {
        if (!program.classes().containsKey(frame.getClassName())) {
            return Optional.empty();
        }
        String file = frame.getFileName() == null ? frame.getClassName() : frame.getFileName();
        JavaProgram.Source source = program.sources().get(file);
        return Optional.of(new Place(
                frame.getMethodName(), source == null ? file : source.path(), Math.max(0, frame.getLineNumber())));
    }
}
