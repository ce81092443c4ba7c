package pie.cuda.emulator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import pie.engine.Sha256;

/** Compile the emulator with g++, once for each state of its sources, into {@code cuda/target/emulator}. */
final class EmulatorLibrary {
    private static final String NAME = "libcuda.so.1";
    // no contraction: the interpreter rounds where the PTX rounds
    private static final List<String> FLAGS =
            List.of("-std=c++20", "-O2", "-march=native", "-ffp-contract=off", "-fno-math-errno", "-fPIC");

    private EmulatorLibrary() {}

    static boolean hasCompiler() {
        try {
            return new ProcessBuilder("g++", "--version")
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Return the library's path, compiling it if it is not there yet; {@code -Dpie.cuda.emulator} names one that is built already. */
    static Path path() {
        String built = System.getProperty("pie.cuda.emulator");
        if (built != null) {
            return Path.of(built);
        }
        Path module =
                Path.of(System.getProperty("pie.root", "..")).resolve("cuda").toAbsolutePath();
        Path sources = module.resolve("src/test/cpp");
        try {
            Path library = module.resolve("target/emulator")
                    .resolve(hash(sources).substring(0, 16))
                    .resolve(NAME);
            if (!Files.exists(library)) {
                compile(sources, library);
            }
            return library;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void compile(Path sources, Path library) throws IOException {
        Files.createDirectories(library.getParent());
        Path objects = Files.createTempDirectory(library.getParent(), "build");
        try (ExecutorService jobs =
                Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
            List<Future<Path>> running = new ArrayList<>();
            for (Path source : listed(sources, ".cpp")) {
                Path object = objects.resolve(source.getFileName() + ".o");
                running.add(jobs.submit(() -> {
                    List<String> command = new ArrayList<>(List.of("g++"));
                    command.addAll(FLAGS);
                    command.addAll(List.of("-c", source.toString(), "-o", object.toString()));
                    run(command);
                    return object;
                }));
            }
            Path linked = objects.resolve(NAME);
            List<String> link =
                    new ArrayList<>(List.of("g++", "-shared", "-Wl,-soname," + NAME, "-o", linked.toString()));
            for (Future<Path> object : running) {
                link.add(object.get().toString());
            }
            link.add("-lpthread");
            run(link);
            Files.move(linked, library, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            throw new IOException("the emulator does not compile", e);
        } finally {
            delete(objects);
        }
    }

    private static void run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + "\n" + output);
        }
    }

    private static String hash(Path sources) throws IOException {
        MessageDigest digest = Sha256.digest();
        digest.update(FLAGS.toString().getBytes());
        for (Path file : listed(sources, "")) {
            digest.update(file.getFileName().toString().getBytes());
            digest.update(Files.readAllBytes(file));
        }
        return Sha256.hex(digest);
    }

    private static List<Path> listed(Path folder, String suffix) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> f.toString().endsWith(suffix)).sorted().toList();
        }
    }

    private static void delete(Path folder) throws IOException {
        for (Path file : listed(folder, "")) {
            Files.delete(file);
        }
        Files.delete(folder);
    }
}
