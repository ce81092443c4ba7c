package pie.engine.sim;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/**
 * Plant each {@link Mutant} alone into a copy of its class, and simulate seeds until the checker that is to object does. A defect that
 * no seed brings out fails the run.
 */
public final class Mutants {
    private static final long SEEDS = Long.getLong("pie.mutant.seeds", 10_000);
    private static final long SECONDS = Long.getLong("pie.mutant.seconds", 600);

    private Mutants() {}

    /** Arguments: the engine's sources and, of the defects, those to be planted by a part of their names; all if there are none. */
    public static void main(String[] args) throws IOException {
        Path sources = Path.of(args[0]);
        int missed = 0;
        for (Mutant mutant : Mutant.ALL) {
            boolean wanted = args.length == 1;
            for (int i = 1; i < args.length; i++) {
                wanted |= mutant.checker().equals(args[i]) || mutant.defect().contains(args[i]);
            }
            if (wanted) {
                String found = find(sources, mutant);
                missed += found.startsWith("seed") || found.startsWith("siege") ? 0 : 1;
                System.out.printf("| %s | %s | %s |%n", mutant.checker(), mutant.defect(), found);
            }
        }
        System.out.println(missed == 0 ? "each was found" : missed + " were not found");
        System.exit(missed == 0 ? 0 : 1);
    }

    private static String find(Path sources, Mutant mutant) throws IOException {
        Path classes = Files.createTempDirectory("mutant");
        Optional<String> refused = compile(sources, mutant, classes);
        if (refused.isPresent()) {
            return "does not compile: " + refused.get();
        }
        CompletableFuture<String> search = new CompletableFuture<>();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                search.complete(search(mutant.checker(), classes));
            } catch (Throwable e) {
                search.completeExceptionally(e);
            }
        });
        try {
            return search.get(SECONDS + 60, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            return "hangs";
        } catch (Exception e) {
            return "cannot be run: " + e;
        }
    }

    private static Optional<String> compile(Path sources, Mutant mutant, Path to) throws IOException {
        Path file = sources.resolve("pie/engine/" + mutant.file() + ".java");
        String text = Files.readString(file);
        int at = text.indexOf(mutant.now());
        if (at < 0 || text.indexOf(mutant.now(), at + 1) >= 0) {
            return Optional.of("its place is not in the source, or more than once");
        }
        Path changed = to.resolve(file.getFileName());
        Files.writeString(changed, text.replace(mutant.now(), mutant.then()));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        var said = new java.io.ByteArrayOutputStream();
        int status = compiler.run(
                null,
                said,
                said,
                "-nowarn",
                "-proc:none",
                "--add-modules",
                "jdk.incubator.vector",
                "-cp",
                System.getProperty("java.class.path"),
                "-d",
                to.toString(),
                changed.toString());
        return status == 0 ? Optional.empty() : Optional.of(said.toString(java.nio.charset.StandardCharsets.UTF_8));
    }

    /** Return the seed that brought the checker in and what it said, or what others said. */
    private static String search(String checker, Path classes) throws Exception {
        List<URL> path = new ArrayList<>(List.of(classes.toUri().toURL()));
        for (String entry : System.getProperty("java.class.path").split(java.io.File.pathSeparator, -1)) {
            path.add(Path.of(entry).toUri().toURL());
        }
        Set<String> others = new TreeSet<>();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        try (var loader = new URLClassLoader(path.toArray(new URL[0]), ClassLoader.getPlatformClassLoader())) {
            loader.setDefaultAssertionStatus(true);
            Method run =
                    loader.loadClass("pie.engine.sim.Simulation").getDeclaredMethod("run", long.class, boolean.class);
            run.setAccessible(true);
            Method siege = loader.loadClass("pie.engine.sim.Siege").getDeclaredMethod("run");
            siege.setAccessible(true);
            for (long seed = 0; seed <= SEEDS && System.nanoTime() < end; seed++) {
                try {
                    if (seed == 0) {
                        siege.invoke(null);
                    } else {
                        run.invoke(null, seed, false);
                    }
                } catch (InvocationTargetException e) {
                    String said = String.valueOf(e.getCause().getMessage());
                    String head = said.lines().findFirst().orElse("").replaceFirst("pie\\.engine\\.sim\\.Breach: ", "");
                    String[] parts = head.split(", ", 3);
                    String by = (parts.length < 3 || seed == 0 ? head : parts[2]).split(":", 2)[0];
                    if (by.equals(checker)) {
                        return (seed == 0 ? "siege: " : "seed " + seed + ": ")
                                + head.substring(head.lastIndexOf(by + ":"));
                    }
                    others.add(by);
                }
            }
        }
        return others.isEmpty() ? "not found" : "found by others: " + others;
    }
}
