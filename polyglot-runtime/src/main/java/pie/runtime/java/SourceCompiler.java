package pie.runtime.java;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.inferlet.Host;

/**
 * Compile posted sources in memory with the JDK's compiler: no annotation processors, no class path but the inferlet API. javac works
 * on a thread of its own with a large stack and a deadline, as a crafted source can keep it busy or nest too deep.
 */
final class SourceCompiler {
    private static final int MAX_SOURCE = 2 << 20;
    private static final int MAX_ERRORS = 20;
    private static final int AT_ONCE = 2;
    private static final long STACK = 32L << 20;
    private static final String NO_MAIN = "compiler.err.implicit.class.does.not.have.main.method";
    private static final List<String> OPTIONS = List.of(
            "-proc:none",
            "-implicit:none",
            "-parameters",
            "-g:source,lines",
            "-Xlint:none",
            "-Xmaxerrs",
            Integer.toString(MAX_ERRORS),
            "-XDstringConcat=indyWithConstants");

    private final JavaCompiler javac;
    private final Duration limit;
    private final Semaphore slots = new Semaphore(AT_ONCE);
    private final ConcurrentLinkedDeque<StandardJavaFileManager> managers = new ConcurrentLinkedDeque<>();

    SourceCompiler(Duration limit) {
        JavaCompiler found = ToolProvider.getSystemJavaCompiler();
        if (found == null) {
            throw new PieException(
                    ErrorCode.UNSUPPORTED,
                    "Java programs need a JDK: this Java runtime has no compiler (module jdk.compiler)");
        }
        this.javac = found;
        this.limit = limit;
    }

    /**
     * Return class files by binary name.
     *
     * @throws PieException SOURCE_ERROR with {@code file line column} of the first error and all of them in {@code problems}
     */
    Map<String, byte[]> compile(Collection<SourceFile> sources) {
        long size = sources.stream().mapToLong(s -> s.code().length()).sum();
        if (size > MAX_SOURCE) {
            throw new PieException(
                    ErrorCode.SOURCE_ERROR,
                    "the sources have " + size + " characters, the limit is " + MAX_SOURCE,
                    Map.of("file", sources.iterator().next().path(), "line", 0, "column", 0));
        }
        var task = new FutureTask<>(() -> run(sources));
        try {
            if (!slots.tryAcquire(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new PieException(ErrorCode.OVERLOADED, "the Java compiler is busy; try again");
            }
            var thread = new Thread(null, task, "javac", STACK);
            thread.setDaemon(true);
            thread.start();
            return task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PieException(ErrorCode.CANCELLED, "interrupted while compiling", Map.of(), e);
        } catch (TimeoutException e) {
            throw failed(sources, "the compiler did not finish within " + limit.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof PieException p) {
                throw p;
            }
            throw failed(sources, "the compiler cannot cope with this source: " + e.getCause(), e);
        }
    }

    private static PieException failed(Collection<SourceFile> sources, String message, Throwable cause) {
        String file = sources.iterator().next().path();
        return new PieException(
                ErrorCode.SOURCE_ERROR, file + ": " + message, Map.of("file", file, "line", 0, "column", 0), cause);
    }

    private Map<String, byte[]> run(Collection<SourceFile> sources) {
        try {
            StandardJavaFileManager kept = managers.poll();
            StandardJavaFileManager manager = kept != null ? kept : manager();
            Collection<SourceFile> current = sources;
            var diagnostics = new DiagnosticCollector<JavaFileObject>();
            Optional<Map<String, byte[]>> classes = attempt(current, manager, diagnostics);
            // one round reports so many errors and no more
            for (int left = sources.size();
                    classes.isEmpty() && left > 0 && lacksMain(diagnostics);
                    left -= MAX_ERRORS) {
                current = current.stream().map(SourceFile::withMain).toList();
                diagnostics = new DiagnosticCollector<>();
                classes = attempt(current, manager, diagnostics);
            }
            managers.push(manager);
            List<Diagnostic<? extends JavaFileObject>> found = diagnostics.getDiagnostics();
            return classes.orElseThrow(() -> error(found, sources));
        } finally {
            slots.release();
        }
    }

    private Optional<Map<String, byte[]>> attempt(
            Collection<SourceFile> sources,
            StandardJavaFileManager manager,
            DiagnosticCollector<JavaFileObject> diagnostics) {
        var files = new GuestFiles(manager);
        return javac.getTask(null, files, diagnostics, OPTIONS, null, sources).call()
                ? Optional.of(files.classes())
                : Optional.empty();
    }

    /** javac wants a main of its own form in a compact source file; ours may return something and take the input. */
    private static boolean lacksMain(DiagnosticCollector<JavaFileObject> diagnostics) {
        boolean found = false;
        for (Diagnostic<? extends JavaFileObject> d : diagnostics.getDiagnostics()) {
            if (d.getSource() instanceof SourceFile s && NO_MAIN.equals(d.getCode())) {
                s.needsMain();
                found = true;
            }
        }
        return found;
    }

    private StandardJavaFileManager manager() {
        StandardJavaFileManager manager = javac.getStandardFileManager(null, Locale.ROOT, null);
        try {
            manager.setLocation(StandardLocation.CLASS_PATH, classPath());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return manager;
    }

    /** Return where the API classes lie; {@link GuestFiles} picks them out. */
    private static Set<File> classPath() {
        var files = new TreeSet<File>();
        for (Class<?> type : List.of(Host.class, PieException.class)) {
            try {
                files.add(Path.of(type.getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toURI())
                        .toFile());
            } catch (URISyntaxException e) {
                throw new IllegalStateException("cannot find the classes of " + type.getName(), e);
            }
        }
        return files;
    }

    private static PieException error(
            List<Diagnostic<? extends JavaFileObject>> diagnostics, Collection<SourceFile> sources) {
        List<Diagnostic<? extends JavaFileObject>> errors = diagnostics.stream()
                .filter(d -> d.getKind() == Diagnostic.Kind.ERROR)
                .toList();
        var details = new LinkedHashMap<String, Object>();
        if (errors.isEmpty()) {
            return failed(sources, "the compiler gave up without a message", new IllegalStateException());
        }
        Diagnostic<? extends JavaFileObject> first = errors.getFirst();
        details.put("file", file(first, sources));
        details.put("line", Math.max(0, first.getLineNumber()));
        details.put("column", Math.max(0, first.getColumnNumber()));
        details.put(
                "problems",
                errors.stream()
                        .map(d -> Map.of("path", place(d, sources), "problem", d.getMessage(Locale.ROOT)))
                        .toList());
        return new PieException(
                ErrorCode.SOURCE_ERROR,
                errors.stream()
                        .map(d -> place(d, sources) + ": " + d.getMessage(Locale.ROOT))
                        .collect(Collectors.joining("\n")),
                details);
    }

    private static String place(Diagnostic<? extends JavaFileObject> d, Collection<SourceFile> sources) {
        return file(d, sources) + (d.getLineNumber() > 0 ? ":" + d.getLineNumber() + ":" + d.getColumnNumber() : "");
    }

    private static String file(Diagnostic<? extends JavaFileObject> d, Collection<SourceFile> sources) {
        return d.getSource() instanceof SourceFile s
                ? s.path()
                : sources.iterator().next().path();
    }
}
