package pie.runtime.java;

import java.io.PrintStream;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.trace.StackSource;
import pie.inferlet.Host;
import pie.inferlet.Serving;
import pie.runtime.Guest;
import pie.runtime.java.gate.Futures;
import pie.runtime.java.gate.Gate;
import pie.runtime.java.gate.Plain;
import pie.runtime.serve.RequestQueue;

/** Run one Java program in this JVM, in classes and a gate of its own. */
final class JavaGuest implements Guest<JavaProgram> {
    private final long memory;
    private volatile @Nullable Switches switches;
    private volatile @Nullable JavaProgram running;
    private volatile boolean interrupted;
    private volatile boolean killed;

    /** @param memory bytes that the program's large arrays may hold */
    JavaGuest(long memory) {
        this.memory = memory;
    }

    /** Hold the methods of the run's own copy of the gate. */
    private record Switches(
            Executor own, MethodHandle interrupt, MethodHandle kill, MethodHandle await, MethodHandle result) {
        static Switches bind(ProgramLoader loader, Host host, long memory) throws Throwable {
            MethodHandles.Lookup lookup = MethodHandles.publicLookup();
            Class<?> gate = loader.loadClass(Gate.class.getName());
            lookup.findStatic(
                            gate,
                            "bind",
                            MethodType.methodType(
                                    void.class, Host.class, PrintStream.class, PrintStream.class, long.class))
                    .invoke(host, EventStream.to(host::stdout), EventStream.to(host::stderr), memory);
            Class<?> futures = loader.loadClass(Futures.class.getName());
            return new Switches(
                    (Executor) lookup.findStatic(futures, "own", MethodType.methodType(Executor.class))
                            .invoke(),
                    lookup.findStatic(gate, "interrupt", MethodType.methodType(void.class)),
                    lookup.findStatic(gate, "kill", MethodType.methodType(void.class, String.class)),
                    lookup.findStatic(futures, "result", MethodType.methodType(Object.class, CompletableFuture.class)),
                    lookup.findStatic(
                            loader.loadClass(Plain.class.getName()),
                            "result",
                            MethodType.methodType(String.class, Object.class)));
        }

        void interrupting() {
            call(interrupt);
        }

        void killing() {
            call(MethodHandles.insertArguments(kill, 0, "the program was killed"));
        }

        private static void call(MethodHandle h) {
            try {
                h.invoke();
            } catch (Throwable e) {
                throw new PieException(ErrorCode.INTERNAL, "the gate cannot be reached", Map.of(), e);
            }
        }
    }

    @Override
    public String run(Host host, JavaProgram program, String input) {
        try {
            Optional<Host.Requests> requests = host.requests();
            if (requests.isPresent()) {
                serve(host, requests.get(), program);
                return "";
            }
            ProgramLoader loader = bound(host, program);
            Switches bound = Objects.requireNonNull(switches);
            host.programRunsOn(bound.own());
            if (program.entry().takesRequest()) {
                throw RequestQueue.notServed();
            }
            Object result = awaited(call(loader, program.entry(), input));
            return (String) bound.result.invoke(result);
        } catch (Throwable e) {
            throw failure(unwrapped(e), program);
        }
    }

    private ProgramLoader bound(Host host, JavaProgram program) throws Throwable {
        running = program;
        var loader = new ProgramLoader(program.classes());
        Switches bound = Switches.bind(loader, host, memory);
        switches = bound;
        if (interrupted) {
            bound.interrupting();
        }
        if (killed) {
            bound.killing();
        }
        return loader;
    }

    @Override
    public Host.Foreign open(Host host, JavaProgram program) {
        try {
            ProgramLoader loader = bound(host, program);
            Switches bound = Objects.requireNonNull(switches);
            return new JavaModule(
                    Class.forName(program.entry().className(), true, loader),
                    host,
                    bound.own(),
                    future -> bound.await.invoke(future),
                    thrown -> failure(unwrapped(thrown), program));
        } catch (Throwable e) {
            throw failure(unwrapped(e), program);
        }
    }

    private @Nullable Object awaited(@Nullable Object result) throws Throwable {
        return result instanceof CompletableFuture<?> future
                ? (Object) Objects.requireNonNull(switches).await.invoke(future)
                : result;
    }

    private void serve(Host process, Host.Requests requests, JavaProgram program) throws Throwable {
        if (!program.entry().takesRequest()) {
            throw PieException.invalid("the program has no method handle(Request), which would answer requests");
        }
        var baton = new Baton();
        Host host = baton.over(process);
        ProgramLoader loader = bound(host, program);
        host.programRunsOn(Objects.requireNonNull(switches).own());
        Class<?> type = Class.forName(program.entry().className(), true, loader);
        Method method = method(type, program.entry());
        Object receiver = receiver(type, method);
        Serving.serve(
                host,
                requests,
                request -> awaited(method.invoke(receiver, request)),
                thrown -> report(host, thrown, program),
                baton::run);
    }

    private void report(Host host, Throwable thrown, JavaProgram program) {
        PieException failure = failure(unwrapped(thrown), program);
        host.stderr(failure.details().getOrDefault("traceback", failure.message()) + "\n");
        host.flush();
    }

    /** Return what the method is called on, null for a static one. */
    private static @Nullable Object receiver(Class<?> type, Method method) throws ReflectiveOperationException {
        method.setAccessible(true);
        if (Modifier.isStatic(method.getModifiers())) {
            return null;
        }
        Constructor<?> constructor = type.getDeclaredConstructor();
        constructor.setAccessible(true);
        return constructor.newInstance();
    }

    private static @Nullable Object call(ProgramLoader loader, JavaProgram.Entry entry, String input) throws Throwable {
        Class<?> type = Class.forName(entry.className(), true, loader);
        Method method = method(type, entry);
        Object receiver = receiver(type, method);
        return entry.takesInput()
                ? method.invoke(
                        receiver,
                        InputBinding.bind(input, method.getParameterTypes()[0], method.getGenericParameterTypes()[0]))
                : method.invoke(receiver);
    }

    private static Method method(Class<?> type, JavaProgram.Entry entry) {
        for (Method m : type.getDeclaredMethods()) {
            if (m.getName().equals(entry.method())
                    && !m.isSynthetic()
                    && m.getParameterCount() == (entry.takesInput() ? 1 : 0)
                    && (m.getParameterCount() == 0
                            || !m.getParameters()[0].getName().equals(SourceFile.UNUSED))) {
                return m;
            }
        }
        throw new PieException(ErrorCode.INTERNAL, "no method " + entry.method() + " in " + type.getName());
    }

    private static Throwable unwrapped(Throwable thrown) {
        Throwable t = thrown;
        while ((t instanceof InvocationTargetException
                        || t instanceof CompletionException
                        || t instanceof ExecutionException
                        || t instanceof ExceptionInInitializerError)
                && t.getCause() != null) {
            t = t.getCause();
        }
        return t;
    }

    private PieException failure(Throwable t, JavaProgram program) {
        return switch (t) {
            case Stop s ->
                s.code() == ErrorCode.LIMIT_EXCEEDED
                        ? new PieException(s.code(), s.message(), Map.of("limit", "heap"))
                        : new PieException(s.code(), s.message());
            case PieException p -> {
                var details = new LinkedHashMap<String, Object>(p.details());
                details.put("traceback", GuestTrace.of(p, program));
                yield new PieException(p.code(), p.message(), details, p);
            }
            case StackOverflowError e -> limit("stack", e, program);
            case OutOfMemoryError e -> limit("heap", e, program);
            default -> {
                String message = GuestTrace.message(t);
                yield new PieException(
                        ErrorCode.GUEST_ERROR,
                        message == null ? GuestTrace.name(t) : message,
                        Map.of("type", GuestTrace.name(t), "traceback", GuestTrace.of(t, program)),
                        t);
            }
        };
    }

    private static PieException limit(String what, Throwable t, JavaProgram program) {
        return new PieException(
                ErrorCode.LIMIT_EXCEEDED,
                "the program ran out of " + what,
                Map.of("limit", what, "traceback", GuestTrace.of(t, program)),
                t);
    }

    @Override
    public StackSource stacks(Thread thread) {
        return new JavaStacks(() -> running);
    }

    @Override
    public void interrupt() {
        interrupted = true;
        Switches bound = switches;
        if (bound != null) {
            bound.interrupting();
        }
    }

    @Override
    public void kill() {
        killed = true;
        Switches bound = switches;
        if (bound != null) {
            bound.killing();
        }
    }

    @Override
    public void close() {
        kill();
    }
}
